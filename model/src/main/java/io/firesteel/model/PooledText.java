package io.firesteel.model;

import io.firesteel.model.ops.Norm;

/** A text that is being computed, and what was made of it so far. Belongs to one thread. */
final class PooledText {
  private final int[] tokens;
  private final Pooling pooling;
  private final Norm norm;
  private final double[] sum;
  private int pooled;

  PooledText(int[] tokens, Pooling pooling, Norm norm) {
    this.tokens = tokens;
    this.pooling = pooling;
    this.norm = norm;
    this.sum = new double[norm.weight().length];
  }

  int length() {
    return tokens.length;
  }

  int token(int position) {
    return tokens[position];
  }

  /** Whether the hidden state at a position counts. */
  boolean wants(int position) {
    return switch (pooling) {
      case MEAN -> true;
      case FIRST -> position == 0;
      case LAST -> position == tokens.length - 1;
    };
  }

  /** Takes a hidden state that counts. */
  void add(float[] states, int offset) {
    double squares = 0;
    for (int i = 0; i < sum.length; i++) {
      squares += (double) states[offset + i] * states[offset + i];
    }
    double scale = 1 / Math.sqrt(squares / sum.length + norm.epsilon());
    for (int i = 0; i < sum.length; i++) {
      sum[i] += states[offset + i] * scale * norm.weight()[i];
    }
    pooled++;
  }

  /**
   * The vector.
   *
   * @param dimensions how many of its first elements are kept
   * @param normalised whether they are scaled to the length 1; a vector of zeros stays one
   */
  float[] vector(int dimensions, boolean normalised) {
    double squares = 0;
    for (int i = 0; i < dimensions; i++) {
      squares += sum[i] * sum[i];
    }
    double scale = normalised && squares > 0 ? 1 / Math.sqrt(squares) : 1.0 / pooled;
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (sum[i] * scale);
    }
    return vector;
  }
}
