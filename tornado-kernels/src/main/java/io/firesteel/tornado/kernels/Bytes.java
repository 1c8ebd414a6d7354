package io.firesteel.tornado.kernels;

/** Signed bytes in ints. */
final class Bytes {
  private Bytes() {}

  /**
   * The signed byte of a word that begins at a bit. By arithmetic that is right for either shift:
   * TornadoVM's PTX backend shifts right without regard to the sign, so that {@code word << 24 >>
   * 24} is 0 to 255 there; its OpenCL backend shifts with the sign even where Java says {@code
   * >>>}, and the compiler has then removed a mask that looks needless.
   *
   * @param shift number of bits below the byte
   */
  static int signed(int word, int shift) {
    int shifted = word >>> shift;
    return (shifted & 127) - (shifted & 128);
  }
}
