package io.firesteel.model.cpu;

import static io.firesteel.model.cpu.DotKernel.LANES;
import static io.firesteel.model.cpu.DotKernel.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Elementwise mathematics on vectors, with the same bits whether interpreted or compiled (the
 * Vector API's own {@code EXP} and its sums over lanes do not promise that).
 */
final class VectorMath {
  static final float LOG2_E = 1.442695f;
  static final float LN2_HIGH = 0.6933594f;
  static final float LN2_LOW = -0.00021219444f;
  static final float ROUNDING = 12582912f;

  /** Below this the exponential is taken as 0. */
  static final float SMALLEST = -87.3f;

  static final float LARGEST = 88.3f;

  private VectorMath() {}

  /**
   * {@code exp(x)} within 2 units in the last place for {@code x} from -87.3 to 88.3; 0 below, and
   * above as for 88.3 (Moshier's Cephes: reduction by powers of 2 and a polynomial).
   */
  static FloatVector exp(FloatVector x) {
    var vanishes = x.compare(VectorOperators.LT, SMALLEST);
    FloatVector v = x.max(SMALLEST).min(LARGEST);
    // Adding a large number leaves the rounded power of 2 in the low bits of the sum.
    FloatVector shifted = v.mul(LOG2_E).add(ROUNDING);
    FloatVector n = shifted.sub(ROUNDING);
    FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), v);
    r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
    FloatVector p = FloatVector.broadcast(SPECIES, 0.00019875691f);
    p = p.fma(r, FloatVector.broadcast(SPECIES, 0.0013981999f));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 0.008333452f));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 0.041665796f));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 0.16666666f));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 0.5f));
    p = p.fma(r.mul(r), r).add(1);
    IntVector power = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    FloatVector result = p.reinterpretAsInts().add(power).reinterpretAsFloats();
    return result.blend(FloatVector.zero(SPECIES), vanishes);
  }

  /**
   * {@code gate[i] = gate[i] / (1 + exp(-gate[i])) * up[i]} for {@code count} elements.
   *
   * @param gate gate projections, overwritten; whole vectors beyond {@code from + count} exist
   */
  static void swiglu(float[] gate, float[] up, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = FloatVector.fromArray(SPECIES, gate, i);
      FloatVector u = FloatVector.fromArray(SPECIES, up, i);
      g.div(exp(g.neg()).add(1)).mul(u).intoArray(gate, i);
    }
  }

  /** The sum of the lanes, those half a vector apart added first. */
  static float sum(FloatVector v, float[] lanes) {
    v.intoArray(lanes, 0);
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[0];
  }
}
