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
   * A lane's share of the product of a row of weights with quantised activations: one int of each
   * block.
   *
   * @param type number of the type
   * @param weightRow row of the tensor
   * @param columns elements of a row
   * @param q quantised activations, see {@link Quantise}
   * @param row row of the activations
   */
  static float dot(
      int type,
      IntArray weights,
      int weightRow,
      int columns,
      IntArray q,
      FloatArray scales,
      int row,
      int lane) {
    int blocks = columns / 256;
    int ints = ints(type);
    int pair = lane >> 3;
    float sum = 0;
    for (int b = 0; b < blocks; b++) {
      int at = (weightRow * blocks + b) * ints;
      int activation = (row * blocks + b) * 64 + pair * 16 + (lane & 7);
      int scale = (row * blocks + b) * 8 + pair * 2;
      int quants = weights.get(at + ints - 32 + lane);
      int high = type == Blocks.Q5_K ? weights.get(at + HIGH + (lane & 7)) >>> pair * 2 : 0;
      int a0 = q.get(activation);
      int a1 = q.get(activation + 8);
      int s01 = scales(weights, at, pair);
      int m01 = minima(weights, at, pair);
      int p0 = Intrinsics.dp4a(quants & NIBBLES | (high & ONES) << 4, a0, 0);
      int p1 = Intrinsics.dp4a(quants >>> 4 & NIBBLES | (high >>> 1 & ONES) << 4, a1, 0);
      int t0 = Intrinsics.dp4a(ONES, a0, 0);
      int t1 = Intrinsics.dp4a(ONES, a1, 0);
      int ds = weights.get(at);
      float d = Halves.toFloat(ds);
      float dmin = Halves.toFloat(ds >>> 16);
      sum +=
          scales.get(scale) * (d * ((s01 & 63) * p0) - dmin * ((m01 & 63) * t0))
              + scales.get(scale + 1) * (d * ((s01 >> 8) * p1) - dmin * ((m01 >> 8) * t1));
    }
    return sum;
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
    float minimum = Halves.toFloat(ds >>> 16) * (minima(weights, at, group / 2) >> shift & 63);
    return scale * quant - minimum;
  }

  private static int ints(int type) {
    return type == Blocks.Q4_K ? 36 : 44;
  }

  /** The 6-bit scales of groups {@code 2 * pair} (bits 0 to 5) and the next (bits 8 to 13). */
  private static int scales(IntArray weights, int at, int pair) {
    int shift = (pair & 1) * 16;
    int low = weights.get(at + 1) >>> shift;
    int upper = weights.get(at + 3) >>> shift;
    return pair < 2 ? low & 0x3F3F : upper & 0x0F0F | (low >>> 2 & 0x3030);
  }

  /** The 6-bit minima of the same groups. */
  private static int minima(IntArray weights, int at, int pair) {
    int shift = (pair & 1) * 16;
    int low = weights.get(at + 2) >>> shift;
    int upper = weights.get(at + 3) >>> shift;
    return pair < 2 ? low & 0x3F3F : upper >>> 4 & 0x0F0F | (low >>> 2 & 0x3030);
  }
}
