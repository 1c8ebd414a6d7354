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

  /** As {@link Q80#piece}. */
  static float piece(
      IntArray weights, int halves, int block, IntArray q, FloatArray scales, int run) {
    int at = block * INTS;
    int a = run * 8;
    int sum = 0;
    for (int i = 0; i < INTS; i++) {
      int quants = weights.get(at + i);
      sum = Intrinsics.dp4a(quants & NIBBLES, q.get(a + i), sum);
      sum = Intrinsics.dp4a(quants >>> 4 & NIBBLES, q.get(a + INTS + i), sum);
    }
    float product = scales.get(run * 2) * sum - 8 * scales.get(run * 2 + 1);
    return Halves.get(weights, halves, block) * product;
  }

  /** Element {@code index} of the tensor. */
  static float element(IntArray weights, int halves, int index) {
    int block = index >> 5;
    int within = index & 31;
    int quants = weights.get(block * INTS + (within & 15) / 4);
    int quant = quants >>> ((within & 3) * 8 + (within >> 4) * 4) & 15;
    return Halves.get(weights, halves, block) * (quant - 8);
  }
}
