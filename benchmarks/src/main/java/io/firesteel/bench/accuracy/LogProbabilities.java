package io.firesteel.bench.accuracy;

/** Logarithms of probabilities from logits, in double precision. */
final class LogProbabilities {
  private LogProbabilities() {}

  /**
   * What must be taken from each logit of a row to get a logarithm of a probability.
   *
   * @param offset where the row begins
   */
  static double normaliser(float[] rows, int offset, int vocabulary) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < vocabulary; i++) {
      max = Math.max(max, rows[offset + i]);
    }
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) {
      sum += Math.exp(rows[offset + i] - (double) max);
    }
    return Math.log(sum) + max;
  }

  /** The most likely token, the lower id among equals. */
  static int top(float[] rows, int offset, int vocabulary) {
    int top = 0;
    for (int i = 1; i < vocabulary; i++) {
      if (rows[offset + i] > rows[offset + top]) {
        top = i;
      }
    }
    return top;
  }
}
