package io.firesteel.bench.accuracy;

/** Negative log-likelihoods of a text's tokens, added up. */
public final class Loss {
  private int tokens;
  private double sum;
  private double squares;

  void add(double loss) {
    tokens++;
    sum += loss;
    squares += loss * loss;
  }

  /** Mean loss in nats. */
  public double mean() {
    return sum / tokens;
  }

  /** The perplexity. */
  public double perplexity() {
    return Math.exp(mean());
  }

  /** Standard error of the perplexity, by linear propagation. */
  public double perplexityError() {
    double variance = Math.max(0, squares / tokens - mean() * mean());
    return tokens < 2 ? 0 : perplexity() * Math.sqrt(variance / (tokens - 1));
  }
}
