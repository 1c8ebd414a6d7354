package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.kv.KvFormat;
import io.firesteel.ptx.driver.Driver;
import io.firesteel.ptx.driver.RequiresGpu;
import io.firesteel.ptx.kernel.Target;
import io.firesteel.ptx.sim.SimDevice;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention at lengths around tiles, pages and splits. */
class AttentionLengthsTest {
  /** Queries and weights are half floats in the kernel. */
  private static final double LARGEST_NMSE = 1e-5;

  private static void check(PtxOps ops, int size, KvFormat format, int longest) {
    AttentionLengths cache = new AttentionLengths(size, format, longest);
    double worst = 0;
    for (int length : AttentionLengths.upTo(longest)) {
      double nmse = cache.nmse(ops, length);
      assertTrue(
          nmse <= LARGEST_NMSE,
          () -> "heads of %d, %s, %d positions: NMSE %g".formatted(size, format, length, nmse));
      worst = Math.max(worst, nmse);
    }
    System.out.printf("%s, heads of %d, %s: NMSE <= %.2g%n", ops.name(), size, format, worst);
  }

  @ParameterizedTest
  @CsvSource({"64, F16", "128, Q8"})
  void shortLengthsOnTheInterpreter(int size, KvFormat format) {
    try (PtxOps ops = new PtxOps("interpreter", new SimDevice(5, Target.SM_90, 4, true))) {
      check(ops, size, format, 200);
    }
  }

  /** One after the other on the GPU, the reference on all cores. */
  @Nested
  @RequiresGpu
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class OnAGpu {
    private static final int LONGEST = 131_072;

    private PtxOps ops;

    @BeforeAll
    void open() {
      ops = PtxOps.open(Driver.devices().getFirst());
    }

    @AfterAll
    void close() {
      ops.close();
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @CsvSource({
      "64, F16",
      "64, Q8",
      "128, F16",
      "128, Q8",
      "256, F16",
      "256, Q8",
      "512, F16",
      "512, Q8"
    })
    void everyLengthAgreesWithTheReference(int size, KvFormat format) {
      check(ops, size, format, LONGEST);
    }
  }
}
