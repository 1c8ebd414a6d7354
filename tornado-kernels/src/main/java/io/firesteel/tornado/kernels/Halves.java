package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * IEEE half floats by arithmetic: TornadoVM miscompiles {@code Float.float16ToFloat}, has no way to
 * take an int's bits as a float, and some devices have no half floats.
 */
final class Halves {
  private static final int SIGN = 0x8000;

  /**
   * An exponent field e and ten bits m are the number (1024 + m) · 2ᵉ · 2⁻²⁵, and m · 2 · 2⁻²⁵
   * where e is 0; the 2¹⁴ that carry the sign are taken out again.
   */
  static final float UNIT = 1f / (1L << 39);

  /** Infinite as a half float; larger numbers would need more powers. */
  private static final float INFINITE = 65536;

  private Halves() {}

  /**
   * The half float with the given low 16 bits. Infinities and NaN are not understood, -0 is read as
   * 0. Free of branches: the compiler makes jumps of them, over which it moves no load.
   */
  static float toFloat(int bits) {
    return steps(bits) * UNIT;
  }

  /** The half float with the given low 16 bits in units of {@link #UNIT}. */
  static float steps(int bits) {
    int exponent = bits >>> 10 & 31;
    int implicit = exponent + 31 >>> 5;
    int digits = bits & 1023 | implicit << 10;
    int signed = digits * (SIGN / 2 - (bits & SIGN));
    return signed * (float) (2 << exponent - implicit);
  }

  /** Half float {@code index} of an array that holds two in each int, from int {@code from} on. */
  static float get(IntArray array, int from, int index) {
    return toFloat(array.get(from + (index >> 1)) >>> ((index & 1) << 4));
  }

  /**
   * Bits of the nearest half float, ties to even.
   *
   * @param value finite; larger than 65,504 becomes infinite
   */
  static int ofFloat(float value) {
    float size = value < 0 ? -value : value;
    size = size < INFINITE ? size : INFINITE;
    // In units of the last place of subnormals, 2⁻²⁴; then brought below 2¹¹ by powers of two.
    float steps = size * (1 << 24);
    int exponent = 0;
    if (steps >= 1 << 26) {
      steps *= 1f / (1 << 16);
      exponent += 16;
    }
    if (steps >= 1 << 18) {
      steps *= 1f / (1 << 8);
      exponent += 8;
    }
    if (steps >= 1 << 14) {
      steps *= 1f / (1 << 4);
      exponent += 4;
    }
    if (steps >= 1 << 12) {
      steps *= 1f / (1 << 2);
      exponent += 2;
    }
    if (steps >= 1 << 11) {
      steps *= 1f / (1 << 1);
      exponent += 1;
    }
    int digits = (int) steps;
    float rest = steps - digits;
    if (rest > 0.5f || (rest == 0.5f && (digits & 1) == 1)) {
      digits++;
    }
    // A subnormal has no implicit bit; a carry out of the mantissa goes into the exponent by
    // itself.
    int bits = (exponent << 10) + digits;
    return value < 0 ? bits | 0x8000 : bits;
  }
}
