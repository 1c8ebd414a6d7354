package io.firesteel.model.cpu;

/** One worker's memory. Each array grows to the largest size asked for and is then reused. */
final class Scratch {
  private byte[] raw = {};
  private float[] weights = {};
  private final QuantTile quants = new QuantTile();
  private float[] sums = {};
  private float[] otherSums = {};

  /** Stored blocks of a tile. */
  byte[] raw(int bytes) {
    if (raw.length < bytes) {
      raw = PaddedArrays.bytes(bytes);
    }
    return raw;
  }

  /** Dequantised rows of a tile, or keys or values of a chunk. */
  float[] weights(int elements) {
    if (weights.length < elements) {
      weights = PaddedArrays.floats(elements);
    }
    return weights;
  }

  /** A tile that is not dequantised. */
  QuantTile quants(int weights) {
    quants.reserve(weights);
    return quants;
  }

  /** Dot products of a tile. */
  float[] sums(int elements) {
    if (sums.length < elements) {
      sums = PaddedArrays.floats(elements);
    }
    return sums;
  }

  /** A second set of dot products. */
  float[] otherSums(int elements) {
    if (otherSums.length < elements) {
      otherSums = PaddedArrays.floats(elements);
    }
    return otherSums;
  }
}
