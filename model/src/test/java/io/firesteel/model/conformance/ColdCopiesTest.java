package io.firesteel.model.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.ColdCopies;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.WeightCopies;
import io.firesteel.model.ops.WeightMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Weights that are measured come from memory. */
class ColdCopiesTest {
  private static final int COLUMNS = 8;

  private static Embed embed(MemorySegment table) {
    int rows = Math.toIntExact(table.byteSize() / Float.BYTES / COLUMNS);
    return new Embed(
        new WeightMatrix(TensorType.F32, rows, COLUMNS, table), new int[1], new float[COLUMNS]);
  }

  @Test
  void smallWeightsAreLaidOutOftenAndLargeOnesOnce() {
    Embed small = embed(MemorySegment.ofArray(new byte[4096]));
    assertEquals(64, ColdCopies.of(small, 4096));
    assertEquals(3, ColdCopies.of(small, 100L << 20));
    assertEquals(1, ColdCopies.of(small, 300L << 20));
    assertEquals(64, ColdCopies.of(small, 0));
  }

  /** As of a mixture, of whose experts a run reads few. */
  @Test
  void allCopiesTogetherFitIntoTwoGigabytes() {
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(8, ColdCopies.of(embed(arena.allocate(256L << 20, 64)), 32));
    }
  }

  @Test
  void aCopyOfACacheIsReadElsewhere() {
    Attention call =
        ConformanceSuite.cases().stream()
            .filter(c -> c.op() == Op.ATTENTION)
            .map(c -> (Attention) c.call().get())
            .findFirst()
            .orElseThrow();
    try (Arena arena = Arena.ofConfined()) {
      List<OpCall> copies = WeightCopies.of(call, 2, arena);
      Attention first = (Attention) copies.get(0);
      Attention second = (Attention) copies.get(1);
      assertFalse(first.cache().data().asOverlappingSlice(second.cache().data()).isPresent());
      assertEquals(-1, first.cache().data().mismatch(second.cache().data()));
      assertSame(first.out(), second.out());
    }
  }
}
