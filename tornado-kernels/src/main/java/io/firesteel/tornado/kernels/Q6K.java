package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Q6_K, packed as {@link Weights} says: 52 ints for 256 elements, and the half-float scales d
 * behind all blocks. Of each 128 elements, int {@code l} (0 to 15) of the first 32 ints holds the
 * low four bits of elements {@code 4 * l} and following (low halves) and of those 64 further (high
 * halves); the high bits of element {@code 32 * k + j} are bits {@code 2k} and {@code 2k + 1} of
 * byte j of their eight ints in 32 to 47; ints 48 to 51 hold a signed scale for each 16 elements.
 * An element is {@code d * scale * (q - 32)}.
 */
final class Q6K {
  static final int INTS = 52;
  private static final int HIGH = 32;
  private static final int SCALES = 48;
  private static final int NIBBLES = 0x0F0F0F0F;
  private static final int PAIRS = 0x03030303;
  private static final int MINUS_32 = 0xE0E0E0E0;

  private Q6K() {}

  /**
   * A lane's share of the product of a row of weights with quantised activations: every {@code
   * lanes}-th piece of 32 elements.
   *
   * @param weightRows rows of the whole tensor, those of all experts
   * @param weightRow the row in it
   * @param pieces pieces of a row
   * @param run the run of 32 activations at which the row of activations begins
   */
  static float rowProduct(
      IntArray weights,
      int weightRows,
      int weightRow,
      int pieces,
      IntArray q,
      FloatArray scales,
      int run,
      int lane,
      int lanes) {
    float sum = 0;
    int halves = weightRows * (pieces / 8) * INTS;
    int first = weightRow * (pieces / 8);
    for (int p = lane; p < pieces; p += lanes) {
      sum += piece(weights, halves, first + (p >> 3), p & 7, q, scales, run + p - (p & 7));
    }
    return sum;
  }

  /**
   * A lane's share of the product of a block of weights with quantised activations: four ints of
   * low bits and two of high bits, which are eight elements of each of four runs.
   *
   * @param halves int at which the plane of half-float scales begins
   * @param block of the tensor
   * @param part which eighth, 0 to 7
   * @param q quantised activations, see {@link Quantise}
   * @param run the run of 32 activations at which the block begins
   */
  static float piece(
      IntArray weights, int halves, int block, int part, IntArray q, FloatArray scales, int run) {
    int at = block * INTS;
    int half = part >> 2;
    int base = (part & 3) * 2;
    int from = at + half * 16 + base;
    int first = run + half * 4;
    int a = first * 8 + base;
    int p0 = 0;
    int p1 = 0;
    int p2 = 0;
    int p3 = 0;
    for (int i = 0; i < 2; i++) {
      int low = weights.get(from + i);
      int next = weights.get(from + 8 + i);
      int high = weights.get(at + HIGH + half * 8 + base + i);
      p0 = quadProduct(low, high, q.get(a + i), p0);
      p1 = quadProduct(next, high >>> 2, q.get(a + 8 + i), p1);
      p2 = quadProduct(low >>> 4, high >>> 4, q.get(a + 16 + i), p2);
      p3 = quadProduct(next >>> 4, high >>> 6, q.get(a + 24 + i), p3);
    }
    int scale01 = weights.get(at + SCALES + half * 2) >>> (base >> 2) * 8;
    int scale23 = weights.get(at + SCALES + half * 2 + 1) >>> (base >> 2) * 8;
    float product =
        scales.get(first * 2) * (Bytes.signed(scale01, 0) * p0)
            + scales.get(first * 2 + 2) * (Bytes.signed(scale01, 16) * p1)
            + (scales.get(first * 2 + 4) * (Bytes.signed(scale23, 0) * p2)
                + scales.get(first * 2 + 6) * (Bytes.signed(scale23, 16) * p3));
    return Halves.get(weights, halves, block) * product;
  }

  /** Element {@code index} of the tensor. */
  static float element(IntArray weights, int halves, int index) {
    int block = index / 256;
    int at = block * INTS;
    int half = index % 256 / 128;
    int quarter = index % 128 / 32;
    int within = index % 32;
    int low = weights.get(at + half * 16 + quarter % 2 * 8 + within / 4);
    int high = weights.get(at + HIGH + half * 8 + within / 4);
    int byteShift = within % 4 * 8;
    int quant =
        low >>> (byteShift + quarter / 2 * 4) & 15 | (high >>> (byteShift + quarter * 2) & 3) << 4;
    float scale = Halves.get(weights, halves, block) * scale(weights, at, index % 256 / 16);
    return scale * (quant - 32);
  }

  /** The signed scale of 16 elements. */
  private static int scale(IntArray weights, int at, int group) {
    return Bytes.signed(weights.get(at + SCALES + (group >> 2)), (group & 3) * 8);
  }

  /** Adds the product of four quants, of low and high bits in the lowest places, to a sum. */
  private static int quadProduct(int low, int high, int activations, int sum) {
    int quants = low & NIBBLES | (high & PAIRS) << 4;
    return Intrinsics.dp4a(quants, activations, Intrinsics.dp4a(MINUS_32, activations, sum));
  }
}
