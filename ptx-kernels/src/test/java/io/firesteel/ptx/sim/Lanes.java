package io.firesteel.ptx.sim;

import java.util.function.IntBinaryOperator;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongToIntFunction;
import java.util.function.LongUnaryOperator;

/** Makes lane-by-lane operations from scalar ones. Arguments are slots of register files. */
final class Lanes {
  /** Of three words. */
  @FunctionalInterface
  interface IntTernary {
    int of(int a, int b, int c);
  }

  /** Of three 64-bit values. */
  @FunctionalInterface
  interface LongTernary {
    long of(long a, long b, long c);
  }

  /** Comparison of words. */
  @FunctionalInterface
  interface IntTest {
    boolean of(int a, int b);
  }

  /** Comparison of 64-bit values. */
  @FunctionalInterface
  interface LongTest {
    boolean of(long a, long b);
  }

  private Lanes() {}

  static Op word(int d, int a, IntUnaryOperator f) {
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      for (int i = 0; i < Warp.LANES; i++) {
        if ((m >>> i & 1) != 0) {
          to[i] = f.applyAsInt(x[i]);
        }
      }
    };
  }

  static Op word(int d, int a, int b, IntBinaryOperator f) {
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      int[] y = w.r[b];
      for (int i = 0; i < Warp.LANES; i++) {
        if ((m >>> i & 1) != 0) {
          to[i] = f.applyAsInt(x[i], y[i]);
        }
      }
    };
  }

  static Op word(int d, int a, int b, int c, IntTernary f) {
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      int[] y = w.r[b];
      int[] z = w.r[c];
      for (int i = 0; i < Warp.LANES; i++) {
        if ((m >>> i & 1) != 0) {
          to[i] = f.of(x[i], y[i], z[i]);
        }
      }
    };
  }

  static Op wide(int d, int a, LongUnaryOperator f) {
    return (w, m) -> {
      long[] to = w.q[d];
      long[] x = w.q[a];
      for (int i = 0; i < Warp.LANES; i++) {
        if ((m >>> i & 1) != 0) {
          to[i] = f.applyAsLong(x[i]);
        }
      }
    };
  }

  static Op wide(int d, int a, int b, LongBinaryOperator f) {
    return (w, m) -> {
      long[] to = w.q[d];
      long[] x = w.q[a];
      long[] y = w.q[b];
      for (int i = 0; i < Warp.LANES; i++) {
        if ((m >>> i & 1) != 0) {
          to[i] = f.applyAsLong(x[i], y[i]);
        }
      }
    };
  }

  static Op wide(int d, int a, int b, int c, LongTernary f) {
    return (w, m) -> {
      long[] to = w.q[d];
      long[] x = w.q[a];
      long[] y = w.q[b];
      long[] z = w.q[c];
      for (int i = 0; i < Warp.LANES; i++) {
        if ((m >>> i & 1) != 0) {
          to[i] = f.of(x[i], y[i], z[i]);
        }
      }
    };
  }

  /** 64-bit value shifted by a word. */
  static Op wideByWord(int d, int a, int b, LongBinaryOperator f) {
    return (w, m) -> {
      long[] to = w.q[d];
      long[] x = w.q[a];
      int[] y = w.r[b];
      for (int i = 0; i < Warp.LANES; i++) {
        if ((m >>> i & 1) != 0) {
          to[i] = f.applyAsLong(x[i], y[i] & 0xFFFF_FFFFL);
        }
      }
    };
  }

  /** Two words to a 64-bit value. */
  static Op widen(int d, int a, int b, LongBinaryOperator f) {
    return (w, m) -> {
      long[] to = w.q[d];
      int[] x = w.r[a];
      int[] y = w.r[b];
      for (int i = 0; i < Warp.LANES; i++) {
        if ((m >>> i & 1) != 0) {
          to[i] = f.applyAsLong(x[i], y[i]);
        }
      }
    };
  }

  static Op widen(int d, int a, IntToLongFunction f) {
    return (w, m) -> {
      long[] to = w.q[d];
      int[] x = w.r[a];
      for (int i = 0; i < Warp.LANES; i++) {
        if ((m >>> i & 1) != 0) {
          to[i] = f.applyAsLong(x[i]);
        }
      }
    };
  }

  static Op narrow(int d, int a, LongToIntFunction f) {
    return (w, m) -> {
      int[] to = w.r[d];
      long[] x = w.q[a];
      for (int i = 0; i < Warp.LANES; i++) {
        if ((m >>> i & 1) != 0) {
          to[i] = f.applyAsInt(x[i]);
        }
      }
    };
  }

  /** Bits of the lanes where the comparison of two words holds. */
  static int test(Warp w, int m, int a, int b, IntTest f) {
    int[] x = w.r[a];
    int[] y = w.r[b];
    int holds = 0;
    for (int i = 0; i < Warp.LANES; i++) {
      if ((m >>> i & 1) != 0 && f.of(x[i], y[i])) {
        holds |= 1 << i;
      }
    }
    return holds;
  }

  /** Bits of the lanes where the comparison of two 64-bit values holds. */
  static int testWide(Warp w, int m, int a, int b, LongTest f) {
    long[] x = w.q[a];
    long[] y = w.q[b];
    int holds = 0;
    for (int i = 0; i < Warp.LANES; i++) {
      if ((m >>> i & 1) != 0 && f.of(x[i], y[i])) {
        holds |= 1 << i;
      }
    }
    return holds;
  }

  static void setPredicate(Warp w, int m, int slot, int bits) {
    w.p[slot] = w.p[slot] & ~m | bits & m;
  }
}
