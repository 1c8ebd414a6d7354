package io.firesteel.model.sampling;

/**
 * A token and how likely it is.
 *
 * @param token its id
 * @param logProbability natural logarithm of its probability, at most 0
 */
public record TokenProbability(int token, double logProbability) {
  /** The probability, 0 to 1. */
  public double probability() {
    return Math.exp(logProbability);
  }
}
