package io.firesteel.tornado.kernels;

/** Signed bytes in ints. */
final class Bytes {
  private static final int SIGN = 128;

  private Bytes() {}

  /**
   * The signed byte of a word that begins at a bit. By arithmetic: TornadoVM's PTX backend shifts
   * right without regard to the sign, so that {@code word << 24 >> 24} is 0 to 255 there.
   *
   * @param shift number of bits below the byte
   */
  static int signed(int word, int shift) {
    return (word >>> shift & 255 ^ SIGN) - SIGN;
  }
}
