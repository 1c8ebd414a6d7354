package io.firesteel.model.conformance;

import io.firesteel.model.kv.KvCodec;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.KvPool;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Sample;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The arrays of a call, by what may happen to them.
 *
 * @param call the call
 * @param written overwritten completely
 * @param updated read and changed
 * @param read only read
 */
record Operands(
    OpCall call,
    Map<String, float[]> written,
    Map<String, float[]> updated,
    Map<String, float[]> read) {
  /**
   * Largest error of one value, in units of the error that all values may have on average: so that
   * one wrong value among many is not overlooked.
   */
  private static final double MOST_DEVIATIONS = 10;

  static Operands of(OpCall call) {
    return switch (call) {
      case Embed c -> new Operands(c, Map.of("x", c.x()), Map.of(), Map.of());
      case AttnIn c ->
          new Operands(c, Map.of("q", c.q(), "k", c.k(), "v", c.v()), Map.of(), Map.of("x", c.x()));
      case RopeKv c -> new Operands(c, Map.of(), Map.of("q", c.q()), Map.of("v", c.v()));
      case Attention c -> new Operands(c, Map.of("out", c.out()), Map.of(), Map.of("q", c.q()));
      case AttnOut c ->
          new Operands(c, Map.of(), Map.of("x", c.x()), Map.of("attention", c.attention()));
      case Router c ->
          new Operands(c, Map.of("weights", c.weights()), Map.of(), Map.of("x", c.x()));
      case ExpertIn c ->
          new Operands(c, Map.of("activations", c.activations()), Map.of(), Map.of("x", c.x()));
      case ExpertOut c ->
          new Operands(
              c,
              Map.of(),
              Map.of("x", c.x()),
              Map.of("activations", c.activations(), "weights", c.weights()));
      case Logits c -> new Operands(c, Map.of("logits", c.logits()), Map.of(), Map.of("x", c.x()));
      case Sample c -> new Operands(c, Map.of(), Map.of(), Map.of("logits", c.logits()));
    };
  }

  /** Fills what must be overwritten with values that no result can have. */
  void poison() {
    written.values().forEach(array -> Arrays.fill(array, Float.NaN));
    if (call instanceof Router router) {
      Arrays.fill(router.experts(), -1);
    }
    if (call instanceof Sample sample) {
      Arrays.fill(sample.tokens(), -1);
    }
  }

  /** Compares the operands after a run with those of the reference and those before. */
  void check(Operands expected, Operands before, Tolerances tolerances) {
    read.forEach(
        (name, array) -> {
          if (!Arrays.equals(array, before.read.get(name))) {
            throw new AssertionError(name + " was changed, expected it to be only read");
          }
        });
    updated.forEach((name, array) -> compare(name, array, expected.updated.get(name), tolerances));
    switch (call) {
      case Router router -> new RouterCheck(router, (Router) expected.call).check(tolerances);
      case Sample sample -> checkTokens(sample.tokens(), ((Sample) expected.call).tokens());
      case RopeKv ropeKv -> {
        checkCache(ropeKv, (RopeKv) expected.call, tolerances);
        checkElsewhere(ropeKv, ((RopeKv) before.call).cache());
      }
      default ->
          written.forEach(
              (name, array) -> compare(name, array, expected.written.get(name), tolerances));
    }
    for (KvPool pool : cacheRead(call)) {
      if (pool.data().mismatch(cacheRead(before.call).getFirst().data()) != -1) {
        throw new AssertionError("the cache was changed, expected it to be only read");
      }
    }
  }

  private static void checkTokens(int[] actual, int[] expected) {
    if (!Arrays.equals(actual, expected)) {
      throw new AssertionError(
          "tokens are %s, expected %s"
              .formatted(Arrays.toString(actual), Arrays.toString(expected)));
    }
  }

  private static List<KvPool> cacheRead(OpCall call) {
    return call instanceof Attention attention ? List.of(attention.cache()) : List.of();
  }

  private void compare(String name, float[] actual, float[] expected, Tolerances tolerances) {
    compare(name, actual, expected, tolerances.nmse(call.op()));
  }

  private static void compare(String name, float[] actual, float[] expected, double largest) {
    for (int i = 0; i < actual.length; i++) {
      if (!Float.isFinite(actual[i])) {
        throw new AssertionError(
            "%s[%d] is %s, expected %s".formatted(name, i, actual[i], expected[i]));
      }
    }
    double nmse = Nmse.of(actual, expected);
    double deviation = Math.sqrt(largest * power(expected) / expected.length);
    for (int i = 0; i < actual.length; i++) {
      if (Math.abs(actual[i] - expected[i]) > MOST_DEVIATIONS * deviation) {
        throw new AssertionError(
            "%s[%d] is %s, expected %s within %.3g"
                .formatted(name, i, actual[i], expected[i], MOST_DEVIATIONS * deviation));
      }
    }
    if (!(nmse <= largest)) {
      throw new AssertionError(
          "NMSE of %s is %.3g, expected at most %.3g; first values %s, expected %s"
              .formatted(name, nmse, largest, start(actual), start(expected)));
    }
  }

  private static double power(float[] values) {
    double power = 0;
    for (float value : values) {
      power += (double) value * value;
    }
    return power;
  }

  private static String start(float[] values) {
    return Arrays.toString(Arrays.copyOf(values, Math.min(4, values.length)));
  }

  private static void checkCache(RopeKv actual, RopeKv expected, Tolerances tolerances) {
    double largest = tolerances.cacheNmse(actual.cache().layout().format());
    compare("keys in the cache", cached(actual, true), cached(expected, true), largest);
    compare("values in the cache", cached(actual, false), cached(expected, false), largest);
  }

  /** Keys or values of all rows. */
  private static float[] cached(RopeKv call, boolean keys) {
    KvLayout layout = call.cache().layout();
    KvCodec codec = new KvCodec(layout);
    float[] vectors = new float[call.rows() * call.heads().keyValueWidth()];
    for (int row = 0; row < call.rows(); row++) {
      MemorySegment page = page(call, row);
      int slot = call.at().positions()[row] % layout.pageTokens();
      for (int head = 0; head < call.heads().keyValues(); head++) {
        int to = row * call.heads().keyValueWidth() + head * call.heads().size();
        if (keys) {
          codec.readKeys(page, head, slot, 1, vectors, to);
        } else {
          codec.readValues(page, head, slot, 1, vectors, to);
        }
      }
    }
    return vectors;
  }

  private static MemorySegment page(RopeKv call, int row) {
    int position = call.at().positions()[row];
    return call.cache().page(call.at().page(row, position, call.cache().layout()));
  }

  /** Everything outside the rows' own slots must be as it was: there the vectors of others lie. */
  private static void checkElsewhere(RopeKv call, KvPool before) {
    KvLayout layout = call.cache().layout();
    MemorySegment restored = MemorySegment.ofArray(new byte[(int) call.cache().data().byteSize()]);
    restored.copyFrom(call.cache().data());
    KvPool pool = new KvPool(layout, restored);
    for (int row = 0; row < call.rows(); row++) {
      int position = call.at().positions()[row];
      int page = call.at().page(row, position, layout);
      int slot = position % layout.pageTokens();
      for (int head = 0; head < layout.kvHeads(); head++) {
        restore(pool.page(page), before.page(page), layout, head, slot);
      }
    }
    long mismatch = restored.mismatch(before.data());
    if (mismatch != -1) {
      throw new AssertionError(
          "byte "
              + mismatch
              + " of the cache was changed, expected only the rows' slots to change");
    }
  }

  private static void restore(
      MemorySegment page, MemorySegment before, KvLayout layout, int head, int slot) {
    long vector = (long) layout.headSize() * layout.format().elementBytes();
    long scales = layout.format().scaleBytes(layout.headSize());
    long key = layout.keyOffset(head, slot);
    long value = layout.valueOffset(head, slot);
    MemorySegment.copy(before, key, page, key, vector);
    MemorySegment.copy(before, value, page, value, vector);
    MemorySegment.copy(
        before, layout.keyScaleOffset(head, slot), page, layout.keyScaleOffset(head, slot), scales);
    MemorySegment.copy(
        before,
        layout.valueScaleOffset(head, slot),
        page,
        layout.valueScaleOffset(head, slot),
        scales);
  }
}
