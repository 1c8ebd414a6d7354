package io.firesteel.model.cpu;

import static io.firesteel.model.cpu.DotKernel.LANES;
import static io.firesteel.model.cpu.DotKernel.SPECIES;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.Norm;
import java.util.EnumMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;

/** Inner loops with the Vector API: slow until they are compiled, fast from then on. */
final class VectorArithmetic implements Arithmetic {
  static final VectorArithmetic INSTANCE = new VectorArithmetic();

  private final Map<TensorType, RowDecoder> decoders = new EnumMap<>(TensorType.class);

  private final Map<TensorType, QuantUnpacker> unpackers = new EnumMap<>(TensorType.class);

  private VectorArithmetic() {
    for (TensorType type : TensorType.values()) {
      if (type.isReadable()) {
        unpackers.put(type, QuantUnpacker.of(type));
        decoders.put(type, RowDecoder.of(type));
      }
    }
  }

  @Override
  public void tile(float[] w, int rows, int stride, float[] x, int[] at, int count, float[] out) {
    DotKernel.tile(w, rows, stride, x, at, count, out);
  }

  @Override
  public RowDecoder decoder(TensorType type) {
    return decoders.get(type);
  }

  @Override
  public QuantUnpacker unpacker(TensorType type) {
    return unpackers.get(type);
  }

  @Override
  public void norm(float[] x, int from, int size, Norm norm, float[] out, int to) {
    NormKernel.apply(x, from, size, norm, out, to);
  }

  @Override
  public void swiglu(float[] gate, float[] up, int count) {
    VectorMath.swiglu(gate, up, count);
  }

  @Override
  public float exponentials(float[] x, int at, int count, float most) {
    FloatVector total = FloatVector.zero(SPECIES);
    for (int i = at; i < at + count; i += LANES) {
      FloatVector w = VectorMath.exp(FloatVector.fromArray(SPECIES, x, i).sub(most));
      w.intoArray(x, i);
      total = total.add(w);
    }
    return VectorMath.sum(total, new float[LANES]);
  }

  @Override
  public void weigh(
      float[] weights,
      int pitch,
      int queries,
      float[] values,
      int from,
      int to,
      int size,
      float[] out) {
    int query = 0;
    for (; query + 4 <= queries; query += 4) {
      for (int d = 0; d < size; d += 2 * LANES) {
        weighFour(weights, query * pitch, pitch, values, from, to, size, d, out, query * size + d);
      }
    }
    for (; query < queries; query++) {
      for (int d = 0; d < size; d += 2 * LANES) {
        weighOne(weights, query * pitch, values, from, to, size, d, out, query * size + d);
      }
    }
  }

  private static void weighOne(
      float[] weights,
      int at,
      float[] values,
      int from,
      int to,
      int size,
      int d,
      float[] out,
      int target) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    for (int t = from; t < to; t++) {
      FloatVector w = FloatVector.broadcast(SPECIES, weights[at + t]);
      a = w.fma(FloatVector.fromArray(SPECIES, values, t * size + d), a);
      b = w.fma(FloatVector.fromArray(SPECIES, values, t * size + d + LANES), b);
    }
    a.intoArray(out, target);
    b.intoArray(out, target + LANES);
  }

  private static void weighFour(
      float[] weights,
      int at,
      int pitch,
      float[] values,
      int from,
      int to,
      int size,
      int d,
      float[] out,
      int target) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    for (int t = from; t < to; t++) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, values, t * size + d);
      FloatVector v1 = FloatVector.fromArray(SPECIES, values, t * size + d + LANES);
      FloatVector w = FloatVector.broadcast(SPECIES, weights[at + t]);
      a0 = w.fma(v0, a0);
      a1 = w.fma(v1, a1);
      w = FloatVector.broadcast(SPECIES, weights[at + pitch + t]);
      b0 = w.fma(v0, b0);
      b1 = w.fma(v1, b1);
      w = FloatVector.broadcast(SPECIES, weights[at + 2 * pitch + t]);
      c0 = w.fma(v0, c0);
      c1 = w.fma(v1, c1);
      w = FloatVector.broadcast(SPECIES, weights[at + 3 * pitch + t]);
      d0 = w.fma(v0, d0);
      d1 = w.fma(v1, d1);
    }
    a0.intoArray(out, target);
    a1.intoArray(out, target + LANES);
    b0.intoArray(out, target + size);
    b1.intoArray(out, target + size + LANES);
    c0.intoArray(out, target + 2 * size);
    c1.intoArray(out, target + 2 * size + LANES);
    d0.intoArray(out, target + 3 * size);
    d1.intoArray(out, target + 3 * size + LANES);
  }
}
