package io.firesteel.model.cpu;

import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Ops;
import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.TimedOps;
import io.firesteel.model.ops.WeightCopies;
import java.lang.foreign.Arena;
import java.util.List;

/** Offers the CPU's ops on all cores. */
public final class CpuOpsProvider implements OpsProvider {
  @Override
  public String name() {
    return CpuEngineProvider.NAME;
  }

  @Override
  public String timing() {
    return "wall clock around all runs";
  }

  @Override
  public Availability probe() {
    return CpuEngineProvider.availability(Runtime.getRuntime().availableProcessors());
  }

  @Override
  public TimedOps open() throws EngineException {
    if (probe() instanceof Availability.Refused(String reason, String remedy)) {
      throw new EngineException(reason + "; " + remedy);
    }
    return new Timed(new CpuOps(Runtime.getRuntime().availableProcessors()));
  }

  private record Timed(CpuOps ops) implements TimedOps {
    @Override
    public String name() {
      return ops.name();
    }

    @Override
    public boolean supports(OpCall call) {
      return ops.supports(call);
    }

    @Override
    public void run(OpCall call) {
      ops.run(call);
    }

    @Override
    public PreparedOp prepare(OpCall call, int copies) {
      if (!supports(call)) {
        throw new UnsupportedOperationException(call.op().label() + " is not an op of " + name());
      }
      return new Prepared(ops, call, copies);
    }

    @Override
    public void close() {
      ops.close();
    }
  }

  /** Calls work on the given arrays, so that there is nothing to fetch. */
  private static final class Prepared implements PreparedOp {
    private final Ops ops;
    private final Arena arena = Arena.ofShared();
    private final List<OpCall> calls;
    private int next;

    Prepared(Ops ops, OpCall call, int copies) {
      this.ops = ops;
      this.calls = WeightCopies.of(call, copies, arena);
    }

    @Override
    public long run(int times) {
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        ops.run(calls.get(next));
        next = (next + 1) % calls.size();
      }
      return System.nanoTime() - start;
    }

    @Override
    public void fetch() {}

    @Override
    public void close() {
      arena.close();
    }
  }
}
