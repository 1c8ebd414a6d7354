package io.firesteel.bench.op;

import io.firesteel.model.engine.EngineException;
import io.firesteel.model.ops.ColdCopies;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.TimedOps;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The body of every op benchmark, whatever the implementation: so many runs of a prepared call that
 * what it costs to start them does not show. JMH's own time is that of the host; the figure that
 * counts is the device's, which the counters add up.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OpBenchmark {
  private static final int MOST_RUNS = 10_000;
  private static final double BATCH_NANOS = 3e6;

  /** Implementation and case, as in {@code cpu:attention/f16/tiny/1/512}. */
  @Param("")
  String row = "";

  private final Arena arena = Arena.ofShared();
  private TimedOps ops;
  private PreparedOp prepared;
  private int times;

  /** For JMH. */
  public OpBenchmark() {}

  /** Nanoseconds by the device's clock, and runs, of an iteration. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class DeviceTime {
    /** Time of all runs. */
    public long nanos;

    /** Number of runs. */
    public long runs;

    /** For JMH. */
    public DeviceTime() {}

    /** Begins an iteration. */
    @Setup(Level.Iteration)
    public void reset() {
      nanos = 0;
      runs = 0;
    }
  }

  /** Prepares the call and finds how many runs fill some milliseconds. */
  @Setup
  public void prepare() throws EngineException {
    int separator = row.indexOf(':');
    OpCall call = OpOperands.of(OpCase.parse(row.substring(separator + 1)), arena);
    ops = OpProviders.named(row.substring(0, separator)).open();
    prepared = ops.prepare(call, ColdCopies.of(call, OpTraffic.bytes(call)));
    prepared.run(1);
    times = (int) Math.clamp(BATCH_NANOS / Math.max(1, prepared.run(3) / 3.0), 1, MOST_RUNS);
  }

  /** Runs the call. */
  @Benchmark
  public long run(DeviceTime time) {
    long nanos = prepared.run(times);
    time.nanos += nanos;
    time.runs += times;
    return nanos;
  }

  /** Frees what was prepared. */
  @TearDown
  public void close() {
    prepared.close();
    ops.close();
    arena.close();
  }
}
