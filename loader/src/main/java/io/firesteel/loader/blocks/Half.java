package io.firesteel.loader.blocks;

/** Rounding to the 16-bit floating-point formats. */
final class Half {
  private Half() {}

  /**
   * The nearest F16.
   *
   * @throws ArithmeticException if that is not finite
   */
  static short of(float value) {
    short half = Float.floatToFloat16(value);
    if ((half & 0x7C00) == 0x7C00) {
      throw new ArithmeticException(value + " is beyond the largest F16, 65504");
    }
    return half;
  }

  /**
   * The nearest BF16, ties to even.
   *
   * @throws ArithmeticException if that is not finite
   */
  static short brain(float value) {
    int bits = Float.floatToRawIntBits(value);
    int rounded = (bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16;
    if ((rounded & 0x7F80) == 0x7F80) {
      throw new ArithmeticException(value + " is beyond the largest BF16");
    }
    return (short) rounded;
  }
}
