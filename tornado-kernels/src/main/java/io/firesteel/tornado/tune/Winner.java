package io.firesteel.tornado.tune;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The faster form of an op and type.
 *
 * @param key op and type, such as {@code expert_in.q4_k}
 * @param form {@code java} or {@code ptx}
 * @param javaMicros microseconds of a token in Java kernels
 * @param ptxMicros the same in hand-written ones
 */
public record Winner(String key, String form, double javaMicros, double ptxMicros) {
  /** Takes the sum of a token's calls for each key of which every call ran in both forms. */
  public static List<Winner> of(List<TunedOp> ops) {
    Map<String, double[]> sums = new LinkedHashMap<>();
    for (TunedOp op : ops) {
      double[] sum = sums.computeIfAbsent(op.shape().key(), key -> new double[2]);
      int times = op.shape().times();
      sum[0] += times * op.java().micros().orElse(Double.NaN);
      sum[1] += times * op.ptx().micros().orElse(Double.NaN);
    }
    return sums.entrySet().stream()
        .filter(e -> !Double.isNaN(e.getValue()[0] + e.getValue()[1]))
        .map(e -> of(e.getKey(), e.getValue()[0], e.getValue()[1]))
        .toList();
  }

  private static Winner of(String key, double java, double ptx) {
    return new Winner(key, java <= ptx ? "java" : "ptx", java, ptx);
  }

  /** The times, for a comment. */
  String times() {
    return String.format(Locale.ROOT, "java %.1f µs, ptx %.1f µs a token", javaMicros, ptxMicros);
  }
}
