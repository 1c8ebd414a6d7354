package io.firesteel.model.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The rate at which a team of threads reads memory: each adds up its part of a large buffer. */
final class MemoryStream {
  private static final VectorSpecies<Long> SPECIES = LongVector.SPECIES_PREFERRED;
  private static final long BYTES = 256L << 20;
  private static final int TASKS = 64;
  private static final int RUNS = 6;
  private static final int UNROLL = 4;

  private final int threads;

  MemoryStream(int threads) {
    this.threads = threads;
  }

  /** Bytes a second, the best of several runs. */
  double bytesPerSecond() {
    try (Arena arena = Arena.ofShared();
        WorkerPool pool = new WorkerPool(threads)) {
      MemorySegment buffer = arena.allocate(BYTES, 64).fill((byte) 1);
      long[] sums = new long[TASKS];
      long best = Long.MAX_VALUE;
      for (int run = 0; run < RUNS; run++) {
        long start = System.nanoTime();
        pool.run(TASKS, (task, _) -> sums[task] = sum(buffer, task));
        best = Math.min(best, System.nanoTime() - start);
      }
      check(sums);
      return BYTES / (best * 1e-9);
    }
  }

  private static long sum(MemorySegment buffer, int task) {
    long part = BYTES / TASKS;
    long step = (long) UNROLL * SPECIES.vectorByteSize();
    LongVector a = LongVector.zero(SPECIES);
    LongVector b = a;
    LongVector c = a;
    LongVector d = a;
    for (long i = task * part; i < (task + 1) * part; i += step) {
      a = a.add(load(buffer, i));
      b = b.add(load(buffer, i + SPECIES.vectorByteSize()));
      c = c.add(load(buffer, i + 2L * SPECIES.vectorByteSize()));
      d = d.add(load(buffer, i + 3L * SPECIES.vectorByteSize()));
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  private static LongVector load(MemorySegment buffer, long offset) {
    return LongVector.fromMemorySegment(SPECIES, buffer, offset, ByteOrder.LITTLE_ENDIAN);
  }

  // Uses the sums, so that the reads cannot be left out.
  private static void check(long[] sums) {
    long word = 0x0101010101010101L;
    long expected = BYTES / TASKS / Long.BYTES * word;
    for (long sum : sums) {
      if (sum != expected) {
        throw new IllegalStateException("the buffer was read wrongly: sum " + sum);
      }
    }
  }
}
