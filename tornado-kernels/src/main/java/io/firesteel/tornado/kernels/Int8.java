package io.firesteel.tornado.kernels;

/** Activations as signed bytes, four in an int, the first in the lowest byte. */
final class Int8 {
  private Int8() {}

  /** The largest absolute value. */
  static float size(float x0, float x1, float x2, float x3) {
    return larger(larger(size(x0), size(x1)), larger(size(x2), size(x3)));
  }

  static float larger(float a, float b) {
    return a > b ? a : b;
  }

  /** Four values as multiples of {@code largest / 127}, none larger than {@code largest}. */
  static int pack(float x0, float x1, float x2, float x3, float largest) {
    float steps = largest > 0 ? 127 / largest : 0;
    return (round(x0 * steps) & 255)
        | (round(x1 * steps) & 255) << 8
        | (round(x2 * steps) & 255) << 16
        | round(x3 * steps) << 24;
  }

  private static float size(float value) {
    return value < 0 ? -value : value;
  }

  /** Nearest integer of a value from -127 to 127, made positive because casts cut towards zero. */
  private static int round(float value) {
    return (int) (value + 128.5f) - 128;
  }
}
