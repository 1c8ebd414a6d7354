package io.firesteel.model.sampling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * What the model itself gave to a chosen token and to its rivals: the softmax of the logits over
 * the whole vocabulary, before bias, penalties, truncation and temperature.
 *
 * @param chosen the token that was drawn
 * @param top the most likely tokens, falling; the lower id first among equals
 */
public record LogProbabilities(TokenProbability chosen, List<TokenProbability> top) {
  /** Takes an immutable copy of the list. */
  public LogProbabilities {
    Objects.requireNonNull(chosen, "chosen");
    top = List.copyOf(top);
  }

  /**
   * Computes them for one row of logits.
   *
   * @param logits the row begins at {@code offset}
   * @param vocabulary length of the row
   * @param chosen id of the token that was drawn
   * @param count number of most likely tokens wanted, 0 or more
   */
  public static LogProbabilities of(
      float[] logits, int offset, int vocabulary, int chosen, int count) {
    Objects.checkIndex(chosen, vocabulary);
    Candidates candidates = new Candidates(vocabulary);
    candidates.load(logits, offset);
    double largest = candidates.logit(candidates.best());
    double logTotal = largest + Math.log(candidates.weigh());
    List<TokenProbability> top = new ArrayList<>();
    if (count > 0) {
      candidates.keepHighest(count);
      for (int i = 0; i < candidates.size(); i++) {
        top.add(new TokenProbability(candidates.id(i), candidates.logit(i) - logTotal));
      }
      top.sort(
          Comparator.comparingDouble(TokenProbability::logProbability)
              .reversed()
              .thenComparingInt(TokenProbability::token));
    }
    return new LogProbabilities(
        new TokenProbability(chosen, logits[offset + chosen] - logTotal), top);
  }
}
