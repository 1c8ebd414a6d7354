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

  private Q6K() {}

  /**
   * A lane's share of the product of a row of weights with quantised activations: one int of each
   * block.
   *
   * @param weightRows rows of the whole tensor, those of all experts
   * @param weightRow the row in it
   * @param columns elements of a row
   * @param q quantised activations, see {@link Quantise}
   * @param row row of the activations
   */
  static float dot(
      IntArray weights,
      int weightRows,
      int weightRow,
      int columns,
      IntArray q,
      FloatArray scales,
      int row,
      int lane) {
    int blocks = columns / 256;
    int halves = weightRows * blocks * INTS;
    int first = weightRow * blocks;
    int half = lane >> 4;
    int within = lane & 15;
    int shift = within >> 3 << 1;
    int activation = row * blocks * 64 + half * 32 + within;
    int scale = row * blocks * 8 + half * 4 + (within >> 3);
    float sum = 0;
    for (int b = 0; b < blocks; b++) {
      int at = (first + b) * INTS;
      int low = weights.get(at + lane);
      int high = weights.get(at + HIGH + half * 8 + (lane & 7)) >>> shift;
      int q0 = less32(low & NIBBLES | (high & PAIRS) << 4);
      int q1 = less32(low >>> 4 & NIBBLES | (high >>> 4 & PAIRS) << 4);
      int p0 = Intrinsics.dp4a(q0, q.get(activation + b * 64), 0);
      int p1 = Intrinsics.dp4a(q1, q.get(activation + b * 64 + 16), 0);
      int s0 = scale(weights, at, half * 8 + (within >> 2));
      int s1 = scale(weights, at, half * 8 + 4 + (within >> 2));
      float d = Halves.get(weights, halves, first + b);
      sum +=
          d * (scales.get(scale + b * 8) * (s0 * p0) + scales.get(scale + b * 8 + 2) * (s1 * p1));
    }
    return sum;
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

  /** Subtracts 32 from each of four bytes below 64; the top bits keep borrows apart. */
  private static int less32(int bytes) {
    return (bytes | 0x80808080) - 0x20202020 ^ 0x80808080;
  }
}
