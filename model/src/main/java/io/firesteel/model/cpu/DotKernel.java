package io.firesteel.model.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot products of a tile of weight rows with rows of activations: {@code out[j][i] = Σ_c w[i][c] ·
 * x[j][c]}.
 *
 * <p>Each dot product is summed in the same order whichever shape of tile it is part of: lane
 * {@code l} sums the columns {@code c ≡ l} in rising order with fused multiply-adds, then the lanes
 * are added pairwise, those half a vector apart first. That is what makes prefill and decode agree
 * to the bit.
 */
final class DotKernel {
  /** The vectors used throughout this package: the machine's own, within 4 to 16 lanes. */
  static final VectorSpecies<Float> SPECIES = species();

  static final int LANES = SPECIES.length();

  /** Weight rows that a call takes at least: tiles are padded to a multiple of this. */
  static final int ROWS = 4;

  private static final VectorShuffle<Float> SWAP_HALVES = swap(LANES / 2);
  private static final VectorShuffle<Float> SWAP_QUARTERS = swap(LANES / 4);
  private static final VectorShuffle<Float> SWAP_TWOS = swap(2);
  private static final VectorShuffle<Float> SWAP_ONES = swap(1);
  private static final VectorShuffle<Float> COLLECT = SPECIES.shuffleFromOp(i -> collect(i & 3));
  private static final VectorMask<Float> UPPER_HALF = mask(LANES / 2);
  private static final VectorMask<Float> ODD_QUARTERS = mask(LANES / 4);

  private DotKernel() {}

  private static VectorSpecies<Float> species() {
    VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
    if (preferred.length() > 16) {
      return FloatVector.SPECIES_512;
    }
    return preferred.length() < 4 ? FloatVector.SPECIES_128 : preferred;
  }

  private static VectorShuffle<Float> swap(int distance) {
    return SPECIES.shuffleFromOp(i -> i ^ distance);
  }

  private static VectorMask<Float> mask(int bit) {
    boolean[] set = new boolean[LANES];
    for (int i = 0; i < LANES; i++) {
      set[i] = (i & bit) != 0;
    }
    return VectorMask.fromArray(SPECIES, set, 0);
  }

  /** The lane in which {@link #sums} leaves the sum of its {@code i}-th argument. */
  private static int collect(int i) {
    return (i & 1) * (LANES / 2) + (i >> 1) * (LANES / 4);
  }

  /** {@code columns} rounded up to whole vectors: the distance of rows in a tile. */
  static int stride(int columns) {
    return (columns + LANES - 1) & -LANES;
  }

  /**
   * A tile.
   *
   * @param w weight rows, {@code stride} apart from 0
   * @param rows weight rows of the tile, a multiple of {@link #ROWS}
   * @param stride elements of a row, whole vectors
   * @param x activations
   * @param at where each row of activations begins in {@code x}
   * @param count rows of activations
   * @param out output, {@code count} rows of {@code rows}
   */
  static void tile(float[] w, int rows, int stride, float[] x, int[] at, int count, float[] out) {
    float[] lanes = new float[count < 4 ? 0 : 16 * LANES];
    int j = 0;
    for (; j + 4 <= count; j += 4) {
      for (int i = 0; i < rows; i += ROWS) {
        int from = i * stride;
        int to = j * rows + i;
        fourByFour(w, from, stride, x, at[j], at[j + 1], at[j + 2], at[j + 3], lanes);
        finish(lanes, 0, out, to);
        finish(lanes, 4 * LANES, out, to + rows);
        finish(lanes, 8 * LANES, out, to + 2 * rows);
        finish(lanes, 12 * LANES, out, to + 3 * rows);
      }
    }
    for (; j < count; j++) {
      for (int i = 0; i < rows; i += ROWS) {
        fourByOne(w, i * stride, stride, x, at[j], out, j * rows + i);
      }
    }
  }

  private static void fourByOne(
      float[] w, int from, int stride, float[] x, int at, float[] out, int to) {
    int from1 = from + stride;
    int from2 = from1 + stride;
    int from3 = from2 + stride;
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int c = 0; c < stride; c += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, at + c);
      s0 = FloatVector.fromArray(SPECIES, w, from + c).fma(v, s0);
      s1 = FloatVector.fromArray(SPECIES, w, from1 + c).fma(v, s1);
      s2 = FloatVector.fromArray(SPECIES, w, from2 + c).fma(v, s2);
      s3 = FloatVector.fromArray(SPECIES, w, from3 + c).fma(v, s3);
    }
    store(sums(s0, s1, s2, s3), out, to);
  }

  private static void fourByFour(
      float[] w,
      int from,
      int stride,
      float[] x,
      int at0,
      int at1,
      int at2,
      int at3,
      float[] lanes) {
    int from1 = from + stride;
    int from2 = from1 + stride;
    int from3 = from2 + stride;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector b2 = a0;
    FloatVector b3 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector c2 = a0;
    FloatVector c3 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    FloatVector d2 = a0;
    FloatVector d3 = a0;
    for (int c = 0; c < stride; c += LANES) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, from + c);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, from1 + c);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, from2 + c);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, from3 + c);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at0 + c);
      a0 = w0.fma(v, a0);
      a1 = w1.fma(v, a1);
      a2 = w2.fma(v, a2);
      a3 = w3.fma(v, a3);
      v = FloatVector.fromArray(SPECIES, x, at1 + c);
      b0 = w0.fma(v, b0);
      b1 = w1.fma(v, b1);
      b2 = w2.fma(v, b2);
      b3 = w3.fma(v, b3);
      v = FloatVector.fromArray(SPECIES, x, at2 + c);
      c0 = w0.fma(v, c0);
      c1 = w1.fma(v, c1);
      c2 = w2.fma(v, c2);
      c3 = w3.fma(v, c3);
      v = FloatVector.fromArray(SPECIES, x, at3 + c);
      d0 = w0.fma(v, d0);
      d1 = w1.fma(v, d1);
      d2 = w2.fma(v, d2);
      d3 = w3.fma(v, d3);
    }
    keep(lanes, 0, a0, a1, a2, a3);
    keep(lanes, 4 * LANES, b0, b1, b2, b3);
    keep(lanes, 8 * LANES, c0, c1, c2, c3);
    keep(lanes, 12 * LANES, d0, d1, d2, d3);
  }

  private static void keep(
      float[] lanes, int to, FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
    a.intoArray(lanes, to);
    b.intoArray(lanes, to + LANES);
    c.intoArray(lanes, to + 2 * LANES);
    d.intoArray(lanes, to + 3 * LANES);
  }

  /** Adds up the lanes of four vectors that were kept. */
  static void finish(float[] lanes, int from, float[] out, int to) {
    FloatVector a = FloatVector.fromArray(SPECIES, lanes, from);
    FloatVector b = FloatVector.fromArray(SPECIES, lanes, from + LANES);
    FloatVector c = FloatVector.fromArray(SPECIES, lanes, from + 2 * LANES);
    FloatVector d = FloatVector.fromArray(SPECIES, lanes, from + 3 * LANES);
    store(sums(a, b, c, d), out, to);
  }

  /** The sums of four vectors' lanes, in the lanes that {@link #collect} names. */
  static FloatVector sums(FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
    FloatVector ab = a.blend(b, UPPER_HALF).add(b.blend(a, UPPER_HALF).rearrange(SWAP_HALVES));
    FloatVector cd = c.blend(d, UPPER_HALF).add(d.blend(c, UPPER_HALF).rearrange(SWAP_HALVES));
    FloatVector s =
        ab.blend(cd, ODD_QUARTERS).add(cd.blend(ab, ODD_QUARTERS).rearrange(SWAP_QUARTERS));
    if (LANES >= 16) {
      s = s.add(s.rearrange(SWAP_TWOS));
    }
    if (LANES >= 8) {
      s = s.add(s.rearrange(SWAP_ONES));
    }
    return s;
  }

  static void store(FloatVector sums, float[] out, int to) {
    ((FloatVector) sums.rearrange(COLLECT).reinterpretShape(FloatVector.SPECIES_128, 0))
        .intoArray(out, to);
  }
}
