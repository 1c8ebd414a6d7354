package io.firesteel.model.cpu;

/**
 * Blocks of 256 weights in the form that {@link QuantDot} multiplies: a whole number for each
 * weight, and 16 factors for each block. These are either eight scales and eight minima of runs of
 * 32 weights, or sixteen scales of runs of 16.
 *
 * <p>Each array grows to the largest size asked for and is then reused.
 */
final class QuantTile {
  /** Weights of a block. */
  static final int BLOCK = 256;

  /** Factors of a block. */
  static final int FACTORS = 16;

  private byte[] quants = {};
  private float[] factors = {};
  private byte[] wholeFactors = {};
  private int room;

  /** Makes room for a number of weights, a multiple of {@link #BLOCK}. */
  void reserve(int weights) {
    if (room < weights) {
      room = weights;
      quants = PaddedArrays.bytes(weights);
      factors = PaddedArrays.floats(weights / BLOCK * FACTORS);
      wholeFactors = PaddedArrays.bytes(weights / BLOCK * FACTORS);
    }
  }

  /** The weights as whole numbers, block by block. */
  byte[] quants() {
    return quants;
  }

  /** The blocks' factors. */
  float[] factors() {
    return factors;
  }

  /** Room for factors that are to be made floats. */
  byte[] wholeFactors() {
    return wholeFactors;
  }
}
