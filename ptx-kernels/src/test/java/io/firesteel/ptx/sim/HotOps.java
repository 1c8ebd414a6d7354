package io.firesteel.ptx.sim;

import static java.lang.Float.floatToRawIntBits;

/**
 * The operations that kernels spend most of their time in, each with loops of its own: a call for
 * every lane, as {@link Lanes} makes it, would cost several times as much.
 */
final class HotOps {
  private HotOps() {}

  static Op add(int d, int a, int b) {
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      int[] y = w.r[b];
      for (int n = 0; n < Warp.LANES; n++) {
        to[n] = (m >>> n & 1) != 0 ? x[n] + y[n] : to[n];
      }
    };
  }

  static Op subtract(int d, int a, int b) {
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      int[] y = w.r[b];
      for (int n = 0; n < Warp.LANES; n++) {
        to[n] = (m >>> n & 1) != 0 ? x[n] - y[n] : to[n];
      }
    };
  }

  static Op and(int d, int a, int b) {
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      int[] y = w.r[b];
      for (int n = 0; n < Warp.LANES; n++) {
        to[n] = (m >>> n & 1) != 0 ? x[n] & y[n] : to[n];
      }
    };
  }

  /** Unsigned shift to the right; distances beyond 31 leave nothing. */
  static Op shiftRight(int d, int a, int b) {
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      int[] y = w.r[b];
      for (int n = 0; n < Warp.LANES; n++) {
        int shifted = (y[n] & ~31) == 0 ? x[n] >>> y[n] : 0;
        to[n] = (m >>> n & 1) != 0 ? shifted : to[n];
      }
    };
  }

  /** Four products of signed bytes. */
  static Op dotProduct(int d, int a, int b, int c) {
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      int[] y = w.r[b];
      int[] z = w.r[c];
      for (int n = 0; n < Warp.LANES; n++) {
        int sum =
            z[n]
                + (byte) x[n] * (byte) y[n]
                + (byte) (x[n] >> 8) * (byte) (y[n] >> 8)
                + (byte) (x[n] >> 16) * (byte) (y[n] >> 16)
                + (x[n] >> 24) * (y[n] >> 24);
        to[n] = (m >>> n & 1) != 0 ? sum : to[n];
      }
    };
  }

  /** Four products of unsigned bytes of {@code a} and signed bytes of {@code b}. */
  static Op unsignedDotProduct(int d, int a, int b, int c) {
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      int[] y = w.r[b];
      int[] z = w.r[c];
      for (int n = 0; n < Warp.LANES; n++) {
        int sum =
            z[n]
                + (x[n] & 0xFF) * (byte) y[n]
                + (x[n] >> 8 & 0xFF) * (byte) (y[n] >> 8)
                + (x[n] >> 16 & 0xFF) * (byte) (y[n] >> 16)
                + (x[n] >>> 24) * (y[n] >> 24);
        to[n] = (m >>> n & 1) != 0 ? sum : to[n];
      }
    };
  }

  /** Signed integers to floats, rounded to nearest. */
  static Op toFloat(int d, int a) {
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      for (int n = 0; n < Warp.LANES; n++) {
        to[n] = (m >>> n & 1) != 0 ? floatToRawIntBits((float) x[n]) : to[n];
      }
    };
  }
}
