package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Q4_0, packed as {@link Weights} says: 4 ints for 32 elements, and the half-float scales d behind
 * all blocks. Byte j of a block holds elements j (low half) and j + 16 (high half). An element is
 * {@code d * (q - 8)}.
 */
final class Q40 {
  static final int INTS = 4;
  private static final int NIBBLES = 0x0F0F0F0F;

  private Q40() {}

  /** As {@link Q80#dot}. */
  static float dot(
      IntArray weights,
      int halves,
      int first,
      int blocks,
      IntArray q,
      FloatArray scales,
      int row,
      int lane) {
    float sum = 0;
    for (int i = lane; i < blocks * INTS; i += 32) {
      int block = i >> 2;
      int quants = weights.get(first * INTS + i);
      int activation = (row * blocks + block) * 8 + (i & 3);
      int low = Intrinsics.dp4a(less8(quants & NIBBLES), q.get(activation), 0);
      int both = Intrinsics.dp4a(less8(quants >>> 4 & NIBBLES), q.get(activation + 4), low);
      float d = Halves.get(weights, halves, first + block);
      sum += d * scales.get(row * blocks + block) * both;
    }
    return sum;
  }

  /** Element {@code index} of the tensor. */
  static float element(IntArray weights, int halves, int index) {
    int block = index >> 5;
    int within = index & 31;
    int quants = weights.get(block * INTS + (within & 15) / 4);
    int quant = quants >>> ((within & 3) * 8 + (within >> 4) * 4) & 15;
    return Halves.get(weights, halves, block) * (quant - 8);
  }

  /** Subtracts 8 from each of four bytes below 16; the top bits keep borrows apart. */
  private static int less8(int bytes) {
    return (bytes | 0x80808080) - 0x08080808 ^ 0x80808080;
  }
}
