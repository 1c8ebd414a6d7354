package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * IEEE half floats by arithmetic: TornadoVM miscompiles {@code Float.float16ToFloat}, has no way to
 * take an int's bits as a float, and some devices have no half floats.
 */
final class Halves {
  /** 2⁻²⁵: an exponent field e and ten bits m are the number (1024 + m) · 2ᵉ · 2⁻²⁵. */
  private static final float UNIT = 1f / (1 << 25);

  /** Infinite as a half float; larger numbers would not fit into the steps. */
  private static final float INFINITE = 65536;

  private Halves() {}

  /** The half float with the given low 16 bits. Infinities and NaN are not understood. */
  static float toFloat(int bits) {
    int exponent = bits >>> 10 & 31;
    int mantissa = bits & 1023;
    int digits = exponent == 0 ? 2 * mantissa : 1024 + mantissa;
    float value = digits * (float) (1 << exponent) * UNIT;
    return (bits & 0x8000) == 0 ? value : -value;
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
    int exponent = 0;
    float unit = 1f / (1 << 24);
    // The unit in the last place of size: 2⁻²⁴ up to 2⁻¹³, then doubled with each power of two.
    for (int e = 1; e < 31; e++) {
      if (size >= unit * 2048) {
        unit *= 2;
        exponent++;
      }
    }
    float steps = size / unit;
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
