package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Q8_0, packed as {@link Weights} says: 8 ints for 32 elements, and the half-float scales d behind
 * all blocks. An element is {@code d * q}.
 */
final class Q80 {
  static final int INTS = 8;

  private Q80() {}

  /**
   * The product of a block of weights with quantised activations.
   *
   * @param halves int at which the plane of half-float scales begins
   * @param block of the tensor
   * @param q quantised activations, see {@link Quantise}
   * @param run the run of 32 activations
   */
  static float piece(
      IntArray weights, int halves, int block, IntArray q, FloatArray scales, int run) {
    int at = block * INTS;
    int a = run * INTS;
    int product = 0;
    for (int i = 0; i < INTS; i++) {
      product = Intrinsics.dp4a(weights.get(at + i), q.get(a + i), product);
    }
    return Halves.get(weights, halves, block) * scales.get(run * 2) * product;
  }

  /** Element {@code index} of the tensor. */
  static float element(IntArray weights, int halves, int index) {
    int quant = Bytes.signed(weights.get(index >> 2), (index & 3) * 8);
    return Halves.get(weights, halves, index >> 5) * quant;
  }
}
