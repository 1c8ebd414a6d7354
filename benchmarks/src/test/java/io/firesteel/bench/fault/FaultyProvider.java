package io.firesteel.bench.fault;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.cpu.CpuEngineProvider;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineProvider;
import io.firesteel.model.engine.KvStorage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.LockSupport;

/** The CPU engine with a fault; to everyone but who chooses it, it is the CPU engine. */
public abstract class FaultyProvider implements EngineProvider {
  private final CpuEngineProvider right = new CpuEngineProvider();

  /** Later steps read old keys and values wrongly: bytes of the first page change places. */
  public static final class WrongAttention extends FaultyProvider {
    @Override
    public String name() {
      return "wrong-attention";
    }

    @Override
    void after(Engine engine, Batch batch, long nanos) {
      int[] table = batch.rows().pageTables()[0];
      KvStorage kv = engine.kv();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment page = arena.allocate(kv.pageBytes());
        kv.read(table[0], page);
        byte[] bytes = page.toArray(ValueLayout.JAVA_BYTE);
        for (int i = 0; i + 3 < bytes.length; i += 4) {
          byte low = bytes[i + 1];
          bytes[i + 1] = bytes[i + 3];
          bytes[i + 3] = low;
        }
        page.copyFrom(MemorySegment.ofArray(bytes));
        kv.write(table[0], page);
      }
    }
  }

  /** Each step takes ten times as long, and at least half a second. */
  public static final class Slow extends FaultyProvider {
    private static final long LEAST_NANOS = 500_000_000;

    @Override
    public String name() {
      return "slow";
    }

    @Override
    void after(Engine engine, Batch batch, long nanos) {
      long end = System.nanoTime() + Math.max(LEAST_NANOS, 10 * nanos);
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
    }
  }

  /** Some logits are no numbers. */
  public static final class NotANumber extends FaultyProvider {
    @Override
    public String name() {
      return "not-a-number";
    }

    @Override
    void spoil(float[] logits) {
      for (int i = 0; i < logits.length; i += 1000) {
        logits[i] = Float.NaN;
      }
    }
  }

  void after(Engine engine, Batch batch, long nanos) {}

  void spoil(float[] logits) {}

  @Override
  public int preference() {
    return -1;
  }

  @Override
  public Availability probe(EngineOptions options) {
    return right.probe(options);
  }

  @Override
  public Engine open(ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    Engine engine = right.open(weights, options, progress);
    return new Engine() {
      @Override
      public String name() {
        return engine.name();
      }

      @Override
      public String device() {
        return engine.device();
      }

      @Override
      public KvStorage kv() {
        return engine.kv();
      }

      @Override
      public int maxRows() {
        return engine.maxRows();
      }

      @Override
      public int vocabulary() {
        return engine.vocabulary();
      }

      @Override
      public void forward(Batch batch, float[] logits) throws EngineException {
        long start = System.nanoTime();
        engine.forward(batch, logits);
        after(engine, batch, System.nanoTime() - start);
        spoil(logits);
      }

      @Override
      public long memoryBytes() {
        return engine.memoryBytes();
      }

      @Override
      public void close() {
        engine.close();
      }
    };
  }
}
