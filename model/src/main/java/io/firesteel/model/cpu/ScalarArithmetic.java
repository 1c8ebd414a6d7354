package io.firesteel.model.cpu;

import static io.firesteel.model.cpu.DotKernel.LANES;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.Norm;
import java.util.EnumMap;
import java.util.Map;

/**
 * Inner loops without the Vector API, whose calls cost about a microsecond each until the loop
 * around them is compiled: these are what a program that has just started runs.
 */
final class ScalarArithmetic implements Arithmetic {
  static final ScalarArithmetic INSTANCE = new ScalarArithmetic();

  private final Map<TensorType, RowDecoder> decoders = new EnumMap<>(TensorType.class);

  private ScalarArithmetic() {
    for (TensorType type : TensorType.values()) {
      if (type.isReadable()) {
        decoders.put(type, ScalarDecoders.of(type));
      }
    }
  }

  @Override
  public void tile(float[] w, int rows, int stride, float[] x, int[] at, int count, float[] out) {
    float[] lanes = new float[DotKernel.ROWS * LANES];
    for (int i = 0; i < rows; i += DotKernel.ROWS) {
      for (int j = 0; j < count; j++) {
        for (int lane = 0; lane < LANES; lane++) {
          fourRows(w, i * stride + lane, stride, x, at[j] + lane, lanes, lane);
        }
        for (int k = 0; k < DotKernel.ROWS; k++) {
          out[j * rows + i + k] = sum(lanes, k * LANES);
        }
      }
    }
  }

  /** One lane of the dot products of four weight rows. */
  private static void fourRows(
      float[] w, int from, int stride, float[] x, int at, float[] lanes, int lane) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int from1 = from + stride;
    int from2 = from1 + stride;
    int from3 = from2 + stride;
    for (int i = 0; i < stride; i += LANES) {
      float v = x[at + i];
      a = Math.fma(w[from + i], v, a);
      b = Math.fma(w[from1 + i], v, b);
      c = Math.fma(w[from2 + i], v, c);
      d = Math.fma(w[from3 + i], v, d);
    }
    lanes[lane] = a;
    lanes[LANES + lane] = b;
    lanes[2 * LANES + lane] = c;
    lanes[3 * LANES + lane] = d;
  }

  /** The sum of a vector's lanes, those half a vector apart added first. */
  private static float sum(float[] lanes, int from) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = from; i < from + half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[from];
  }

  @Override
  public RowDecoder decoder(TensorType type) {
    return decoders.get(type);
  }

  @Override
  public QuantUnpacker unpacker(TensorType type) {
    return null;
  }

  @Override
  public void norm(float[] x, int from, int size, Norm norm, float[] out, int to) {
    float scale = (float) (1 / Math.sqrt(squares(x, from, size) / size + norm.epsilon()));
    float[] weight = norm.weight();
    for (int i = 0; i < size; i++) {
      out[to + i] = x[from + i] * scale * weight[i];
    }
  }

  private static double squares(float[] x, int from, int size) {
    float[] lanes = new float[LANES];
    int whole = size / LANES * LANES;
    for (int i = 0; i < whole; i++) {
      float v = x[from + i];
      lanes[i % LANES] = Math.fma(v, v, lanes[i % LANES]);
    }
    double sum = sum(lanes, 0);
    for (int i = whole; i < size; i++) {
      sum += (double) x[from + i] * x[from + i];
    }
    return sum;
  }

  @Override
  public void swiglu(float[] gate, float[] up, int count) {
    for (int i = 0; i < count; i++) {
      float g = gate[i];
      gate[i] = g / (exp(-g) + 1) * up[i];
    }
  }

  @Override
  public float exponentials(float[] x, int at, int count, float most) {
    float[] lanes = new float[LANES];
    for (int i = 0; i < count; i++) {
      float value = exp(x[at + i] - most);
      x[at + i] = value;
      lanes[i % LANES] += value;
    }
    return sum(lanes, 0);
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
    for (int query = 0; query < queries; query++) {
      for (int d = 0; d < size; d++) {
        float sum = 0;
        for (int t = from; t < to; t++) {
          sum = Math.fma(weights[query * pitch + t], values[t * size + d], sum);
        }
        out[query * size + d] = sum;
      }
    }
  }

  /** One lane of {@link VectorMath#exp}. */
  private static float exp(float x) {
    if (x < VectorMath.SMALLEST) {
      return 0;
    }
    float v = Math.min(Math.max(x, VectorMath.SMALLEST), VectorMath.LARGEST);
    float shifted = v * VectorMath.LOG2_E + VectorMath.ROUNDING;
    float n = shifted - VectorMath.ROUNDING;
    float r = Math.fma(n, -VectorMath.LN2_HIGH, v);
    r = Math.fma(n, -VectorMath.LN2_LOW, r);
    float p = 0.00019875691f;
    p = Math.fma(p, r, 0.0013981999f);
    p = Math.fma(p, r, 0.008333452f);
    p = Math.fma(p, r, 0.041665796f);
    p = Math.fma(p, r, 0.16666666f);
    p = Math.fma(p, r, 0.5f);
    p = Math.fma(p, r * r, r) + 1;
    int power = Float.floatToRawIntBits(shifted) << 23;
    return Float.intBitsToFloat(Float.floatToRawIntBits(p) + power);
  }
}
