package io.firesteel.ptx.engine;

import java.util.Locale;

/** How far two engines' expectations of the same text differ, position by position. */
final class TextAgreement {
  private long positions;
  private long sameBest;
  private double divergence;
  private double largest;

  /** Compares the logits of one position. */
  void add(float[] expected, float[] found) {
    double expectedTotal = logSum(expected);
    double foundTotal = logSum(found);
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      double log = expected[i] - expectedTotal;
      sum += Math.exp(log) * (log - (found[i] - foundTotal));
    }
    positions++;
    divergence += sum;
    largest = Math.max(largest, sum);
    sameBest += best(expected) == best(found) ? 1 : 0;
  }

  private static double logSum(float[] logits) {
    double most = logits[best(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - most);
    }
    return most + Math.log(sum);
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /** Mean Kullback-Leibler divergence in nats. */
  double meanDivergence() {
    return divergence / positions;
  }

  /** Share of positions at which both expect the same token most. */
  double topOne() {
    return (double) sameBest / positions;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d positions: KL mean %.3g, largest %.3g; top-1 agreement %.2f %%",
        positions,
        meanDivergence(),
        largest,
        100 * topOne());
  }
}
