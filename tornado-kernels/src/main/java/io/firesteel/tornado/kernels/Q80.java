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
   * A lane's share of the product of a row of weights with quantised activations: neighbouring
   * lanes take neighbouring ints.
   *
   * @param halves int at which the plane of half-float scales begins
   * @param first the row's first block
   * @param blocks blocks of a row
   * @param q quantised activations, see {@link Quantise}
   * @param row row of the activations
   */
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
      int block = i >> 3;
      int product =
          Intrinsics.dp4a(weights.get(first * INTS + i), q.get(row * blocks * INTS + i), 0);
      float d = Halves.get(weights, halves, first + block);
      sum += d * scales.get(row * blocks + block) * product;
    }
    return sum;
  }

  /** Element {@code index} of the tensor. */
  static float element(IntArray weights, int halves, int index) {
    int quant = Bytes.signed(weights.get(index >> 2), (index & 3) * 8);
    return Halves.get(weights, halves, index >> 5) * quant;
  }
}
