package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Q4_K and Q5_K: blocks of 36 or 44 ints for 256 elements. Int 0 holds the half floats d and dmin,
 * ints 1 to 3 packed scales and minima of eight groups; of the last 32, int {@code l} has the low
 * four bits of the quants of elements {@code 4 * (l % 8)} and following of groups {@code 2 * (l /
 * 8)} (low halves) and the next (high halves). Between them Q5_K has eight ints of fifth bits,
 * those of group {@code g} in bits {@code g} of the bytes. An element is {@code d * scale * q -
 * dmin * minimum}.
 */
final class AffineBlocks {
  private static final int HIGH = 4;
  private static final int NIBBLES = 0x0F0F0F0F;
  private static final int ONES = 0x01010101;

  private AffineBlocks() {}

  /**
   * A lane's share of the product of a row of weights with quantised activations: every {@code
   * lanes}-th piece of 32 elements.
   *
   * @param type number of the type
   * @param weightRow row of the tensor
   * @param pieces pieces of a row
   * @param run the run of 32 activations at which the row of activations begins
   */
  static float rowProduct(
      int type,
      IntArray weights,
      int weightRow,
      int pieces,
      IntArray q,
      FloatArray scales,
      int run,
      int lane,
      int lanes) {
    float sum = 0;
    int first = weightRow * (pieces / 8);
    for (int p = lane; p < pieces; p += lanes) {
      sum += piece(type, weights, first + (p >> 3), p & 7, q, scales, run + p - (p & 7));
    }
    return sum;
  }

  /**
   * A lane's share of the product of a block of weights with quantised activations: four ints of
   * quants, which are half of two groups of 32, and the minimum of one of them. Free of branches,
   * so that all loads are on their way at once.
   *
   * @param type number of the type
   * @param block of the tensor
   * @param part which eighth, 0 to 7
   * @param q quantised activations, see {@link Quantise}
   * @param run the run of 32 activations at which the block begins
   */
  static float piece(
      int type, IntArray weights, int block, int part, IntArray q, FloatArray scales, int run) {
    int at = block * ints(type);
    int pair = part >> 1;
    int half = (part & 1) * 4;
    int from = at + ints(type) - 32 + pair * 8 + half;
    int activation = (run + pair * 2) * 8 + half;
    int p0 = 0;
    int p1 = 0;
    for (int i = 0; i < 4; i++) {
      int quants = weights.get(from + i);
      int fifth = type == Blocks.Q5_K ? weights.get(at + HIGH + half + i) >>> pair * 2 : 0;
      int low = quants & NIBBLES | (fifth & ONES) << 4;
      int high = quants >>> 4 & NIBBLES | (fifth >>> 1 & ONES) << 4;
      p0 = Intrinsics.dp4a(low, q.get(activation + i), p0);
      p1 = Intrinsics.dp4a(high, q.get(activation + 8 + i), p1);
    }
    int s01 = scales(weights, at, pair);
    int ds = weights.get(at);
    float product =
        scales.get((run + pair * 2) * 2) * ((s01 & 63) * p0)
            + scales.get((run + pair * 2) * 2 + 2) * ((s01 >> 8) * p1);
    float sum = scales.get((run + part) * 2 + 1);
    return Halves.toFloat(ds) * product
        - Halves.toFloat(ds >>> 16) * (minimum(weights, at, part) * sum);
  }

  /** Element {@code index} of the tensor. */
  static float element(int type, IntArray weights, int index) {
    int ints = ints(type);
    int at = index / 256 * ints;
    int group = index % 256 / 32;
    int within = index % 32;
    int quants = weights.get(at + ints - 32 + group / 2 * 8 + within / 4);
    int quant = quants >>> (within % 4 * 8 + group % 2 * 4) & 15;
    if (type == Blocks.Q5_K) {
      int high = weights.get(at + HIGH + within / 4) >>> (within % 4 * 8 + group) & 1;
      quant += high << 4;
    }
    int ds = weights.get(at);
    int shift = group % 2 * 8;
    float scale = Halves.toFloat(ds) * (scales(weights, at, group / 2) >> shift & 63);
    return scale * quant - Halves.toFloat(ds >>> 16) * minimum(weights, at, group);
  }

  private static int ints(int type) {
    return type == Blocks.Q4_K ? 36 : 44;
  }

  /** The 6-bit scales of groups {@code 2 * pair} (bits 0 to 5) and the next (bits 8 to 13). */
  private static int scales(IntArray weights, int at, int pair) {
    int shift = (pair & 1) * 16;
    int later = -(pair >> 1);
    int low = weights.get(at + 1) >>> shift;
    int upper = weights.get(at + 3) >>> shift;
    return low & 0x3F3F & ~later | (upper & 0x0F0F | low >>> 2 & 0x3030) & later;
  }

  /** The 6-bit minimum of a group. */
  private static int minimum(IntArray weights, int at, int group) {
    int shift = (group & 3) * 8;
    int later = -(group >> 2);
    int low = weights.get(at + 2) >>> shift;
    int upper = weights.get(at + 3) >>> shift;
    return low & 63 & ~later | (upper >>> 4 & 15 | low >>> 2 & 48) & later;
  }
}
