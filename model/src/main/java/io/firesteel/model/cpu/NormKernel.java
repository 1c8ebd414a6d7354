package io.firesteel.model.cpu;

import static io.firesteel.model.cpu.DotKernel.LANES;
import static io.firesteel.model.cpu.DotKernel.SPECIES;

import io.firesteel.model.ops.Norm;
import jdk.incubator.vector.FloatVector;

/** RMSNorm of one vector. */
final class NormKernel {
  private NormKernel() {}

  /**
   * {@code out = x / sqrt(mean(x²) + epsilon) * weight}.
   *
   * @param x {@code size} elements from {@code from}
   * @param out output from {@code to}; may be {@code x} itself at the same place
   */
  static void apply(float[] x, int from, int size, Norm norm, float[] out, int to) {
    float scale = (float) (1 / Math.sqrt(squares(x, from, size) / size + norm.epsilon()));
    float[] weight = norm.weight();
    int i = 0;
    for (; i <= size - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, x, from + i)
          .mul(scale)
          .mul(FloatVector.fromArray(SPECIES, weight, i))
          .intoArray(out, to + i);
    }
    for (; i < size; i++) {
      out[to + i] = x[from + i] * scale * weight[i];
    }
  }

  private static double squares(float[] x, int from, int size) {
    FloatVector sums = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= size - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, from + i);
      sums = v.fma(v, sums);
    }
    double sum = VectorMath.sum(sums, new float[LANES]);
    for (; i < size; i++) {
      sum += (double) x[from + i] * x[from + i];
    }
    return sum;
  }
}
