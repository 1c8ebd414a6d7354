package io.firesteel.tornado.kernels;

import io.firesteel.loader.TensorType;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The quantised types, in three families. Lanes share a row in pieces of 32 elements. The type is a
 * constant of a compiled kernel, so that only one branch is left of each choice; but TornadoVM
 * inlines methods of up to 600 nodes, counted before that, so that a kernel chooses the family
 * itself.
 */
final class Blocks {
  static final int Q4_K = 1;
  static final int Q5_K = 2;

  /** The last type of {@link AffineBlocks}. */
  static final int AFFINE = Q5_K;

  static final int Q6_K = 3;
  static final int Q8_0 = 4;
  static final int Q4_0 = 5;

  private Blocks() {}

  /** The number that stands for a type in kernels. */
  static int number(TensorType type) {
    return switch (type) {
      case Q4_K -> Q4_K;
      case Q5_K -> Q5_K;
      case Q6_K -> Q6_K;
      case Q8_0 -> Q8_0;
      case Q4_0 -> Q4_0;
      default -> throw new IllegalArgumentException(type + " is no type of quantised blocks");
    };
  }

  /** As {@link Q6K#rowProduct} for types with blocks of 32. */
  static float smallRowProduct(
      int type,
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
    for (int p = lane; p < pieces; p += lanes) {
      int block = weightRow * pieces + p;
      sum += smallPiece(type, weights, weightRows * pieces, block, q, scales, run + p);
    }
    return sum;
  }

  /**
   * As {@link Q80#piece} for types with blocks of 32.
   *
   * @param type number of the type
   * @param blocks blocks of the whole tensor, those of all experts
   */
  static float smallPiece(
      int type, IntArray weights, int blocks, int block, IntArray q, FloatArray scales, int run) {
    if (type == Q8_0) {
      return Q80.piece(weights, blocks * Q80.INTS, block, q, scales, run);
    }
    return Q40.piece(weights, blocks * Q40.INTS, block, q, scales, run);
  }

  /** Element {@code index} of a tensor of {@code weightRows} rows, for types without minima. */
  static float scaledElement(int type, IntArray weights, int weightRows, int columns, int index) {
    if (type == Q6_K) {
      return Q6K.element(weights, weightRows * (columns / 256) * Q6K.INTS, index);
    }
    if (type == Q8_0) {
      return Q80.element(weights, weightRows * (columns / 32) * Q80.INTS, index);
    }
    return Q40.element(weights, weightRows * (columns / 32) * Q40.INTS, index);
  }
}
