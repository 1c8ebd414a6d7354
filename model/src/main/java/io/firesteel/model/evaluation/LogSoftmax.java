package io.firesteel.model.evaluation;

/** Log-probabilities from logits, in double precision. */
final class LogSoftmax {
  private LogSoftmax() {}

  /** Negative log-probability of a token, in nats. */
  static double negative(float[] logits, int offset, int vocabulary, int token) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < vocabulary; i++) {
      max = Math.max(max, logits[offset + i]);
    }
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) {
      sum += Math.exp(logits[offset + i] - (double) max);
    }
    return Math.log(sum) + max - logits[offset + token];
  }
}
