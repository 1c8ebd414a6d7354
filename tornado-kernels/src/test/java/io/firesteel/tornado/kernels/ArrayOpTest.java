package io.firesteel.tornado.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.TensorType;
import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Rope;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Arrays that do not fit together are refused before anything is put into a graph. */
class ArrayOpTest {
  private static final float EPSILON = 1e-6f;
  private static final Heads HEADS = new Heads(2, 1, 64);
  private static final KvLayout LAYOUT = new KvLayout(KvFormat.F16, 1, 64, 16);
  private static final Gating GATING =
      new Gating(Gating.Score.SOFTMAX, 2, Gating.Weighting.NORMALIZED, 1);

  private static FloatArray floats(int count) {
    return new FloatArray(count);
  }

  private static IntArray ints(int count) {
    return new IntArray(count);
  }

  private static Weights matrix(int experts, int rows, int columns) {
    return new Weights(TensorType.F32, experts, rows, columns, floats(experts * rows * columns));
  }

  private static Projection projection(int rows, int columns) {
    return Projection.of(matrix(1, rows, columns));
  }

  private static KvArrays cache(int ints) {
    return new KvArrays(LAYOUT, ints(ints), ints(2), 2, ints(1), ints(1));
  }

  private static int pages(int pages) {
    return (int) (pages * LAYOUT.pageBytes() / Integer.BYTES);
  }

  private static ArrayOp ropeKv(int q, int k, int frequencies) {
    return ArrayOp.ropeKv(
        HEADS,
        floats(q),
        floats(k),
        floats(64),
        Optional.empty(),
        Optional.empty(),
        new RopeArrays(Rope.Pairing.NEOX, floats(frequencies), 1),
        cache(pages(2)));
  }

  private static ArrayOp attnIn(int x, int norm, int keyColumns, int v) {
    return ArrayOp.attnIn(
        floats(x),
        floats(norm),
        EPSILON,
        projection(8, 32),
        projection(4, keyColumns),
        projection(4, 32),
        floats(8),
        floats(4),
        floats(v));
  }

  private static ArrayOp expertIn(int upRows, int activations) {
    return ArrayOp.expertIn(
        floats(32),
        floats(32),
        EPSILON,
        ints(2),
        matrix(4, 8, 32),
        matrix(4, upRows, 32),
        floats(activations));
  }

  record Wrong(String message, Supplier<ArrayOp> op) {
    @Override
    public String toString() {
      return message;
    }
  }

  static Stream<Wrong> wrongShapes() {
    return Stream.of(
        new Wrong(
            "embed: length of x is 33, expected 32",
            () -> ArrayOp.embed(matrix(1, 9, 32), ints(1), floats(33))),
        new Wrong("attn_in: length of norm weight is 31, expected 32", () -> attnIn(32, 31, 32, 4)),
        new Wrong(
            "attn_in: columns of the key matrix is 16, expected 32", () -> attnIn(32, 32, 16, 4)),
        new Wrong("attn_in: length of v is 5, expected 4", () -> attnIn(32, 32, 32, 5)),
        new Wrong("attn_in: rows is 0, expected at least 1", () -> attnIn(31, 32, 32, 4)),
        new Wrong("rope_kv: length of q is 64, expected 128", () -> ropeKv(64, 64, 32)),
        new Wrong("rope_kv: length of k is 65, expected 64", () -> ropeKv(128, 65, 32)),
        new Wrong(
            "rope_kv: rope has 33 frequencies, expected at most 32", () -> ropeKv(128, 64, 33)),
        new Wrong(
            "attention: length of out is 127, expected 128",
            () -> ArrayOp.attention(HEADS, floats(128), cache(pages(2)), 1, 0, floats(127))),
        new Wrong(
            "attention: byte size of the pool is 4100, expected a multiple of 4096",
            () -> ArrayOp.attention(HEADS, floats(128), cache(1025), 1, 0, floats(128))),
        new Wrong(
            "attn_out: length of x is 9, expected 8",
            () -> ArrayOp.attnOut(floats(32), projection(8, 32), floats(9))),
        new Wrong(
            "router: length of weights is 3, expected 2",
            () ->
                ArrayOp.router(
                    floats(32), floats(32), EPSILON, matrix(1, 8, 32), GATING, ints(2), floats(3))),
        new Wrong("expert_in: rows of the up matrix is 9, expected 8", () -> expertIn(9, 16)),
        new Wrong("expert_in: length of activations is 8, expected 16", () -> expertIn(8, 8)),
        new Wrong(
            "expert_out: length of weights is 1, expected 2",
            () -> ArrayOp.expertOut(floats(16), ints(2), floats(1), matrix(4, 32, 8), floats(32))),
        new Wrong(
            "logits: length of logits is 99, expected 100",
            () -> ArrayOp.logits(floats(32), floats(32), EPSILON, matrix(1, 100, 32), floats(99))),
        new Wrong(
            "logits: byte size of data of 1 100x32 F32 experts is 12796, expected 12800",
            () ->
                ArrayOp.logits(
                    floats(32),
                    floats(32),
                    EPSILON,
                    new Weights(TensorType.F32, 1, 100, 32, floats(3199)),
                    floats(100))),
        new Wrong(
            "sample: length of logits is 99, expected a multiple of 2",
            () -> ArrayOp.sampleGreedy(floats(99), ints(2))));
  }

  @ParameterizedTest
  @MethodSource("wrongShapes")
  void whatDoesNotFitIsRefusedWithOpAndOperand(Wrong wrong) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, wrong.op()::get);
    assertEquals(wrong.message(), e.getMessage());
  }

  @Test
  void tablesAndPlacesMustAgree() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new KvArrays(LAYOUT, ints(pages(2)), ints(3), 2, ints(1), ints(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new KvArrays(LAYOUT, ints(pages(2)), ints(2), 2, ints(2), ints(1)));
  }

  @Test
  void typesWithoutKernelsAreRefused() {
    ArrayOp op =
        ArrayOp.router(
            floats(32), floats(32), EPSILON, matrix(1, 513, 32), GATING, ints(2), floats(2));
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, op::tasks);
    assertTrue(e.getMessage().contains("no Java kernels"), e.getMessage());
  }

  /** From arrays alone the same call is found that they were made from. */
  @Test
  void shapesAreThoseOfTheCall() {
    List<ConformanceCase> cases =
        ConformanceSuite.cases().stream().filter(c -> BoundOp.isSupported(c.call().get())).toList();
    for (ConformanceCase c : cases) {
      OpCall call = c.call().get();
      OpCall shape = BoundOp.of(call).op().shape();
      assertEquals(call.getClass(), shape.getClass(), c.name());
      assertEquals(call.rows(), shape.rows(), c.name());
    }
  }
}
