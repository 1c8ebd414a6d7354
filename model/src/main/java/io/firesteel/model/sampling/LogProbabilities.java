package io.firesteel.model.sampling;

import java.util.ArrayList;
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
   * @throws InvalidLogitsException if a logit is NaN or positive infinity, or none is finite
   */
  public static LogProbabilities of(
      float[] logits, int offset, int vocabulary, int chosen, int count) {
    Objects.checkIndex(chosen, vocabulary);
    Objects.checkFromIndexSize(offset, vocabulary, logits.length);
    double logTotal = logTotal(logits, offset, vocabulary);
    List<TokenProbability> top = new ArrayList<>();
    for (int token : best(logits, offset, vocabulary, Math.min(count, vocabulary))) {
      top.add(new TokenProbability(token, logits[offset + token] - logTotal));
    }
    return new LogProbabilities(
        new TokenProbability(chosen, logits[offset + chosen] - logTotal), top);
  }

  /** Logarithm of the sum of all logits' exponentials. */
  private static double logTotal(float[] logits, int offset, int vocabulary) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < vocabulary; i++) {
      float logit = logits[offset + i];
      if (!(logit < Float.POSITIVE_INFINITY)) {
        throw Candidates.invalid(i, logit);
      }
      largest = Math.max(largest, logit);
    }
    if (largest == Float.NEGATIVE_INFINITY) {
      throw Candidates.noneLeft();
    }
    double total = 0;
    for (int i = 0; i < vocabulary; i++) {
      total += Math.exp((double) logits[offset + i] - largest);
    }
    return largest + Math.log(total);
  }

  /**
   * The tokens with the largest logits, by insertion: few are wanted, and most are not among them.
   */
  private static int[] best(float[] logits, int offset, int vocabulary, int count) {
    int[] best = new int[count];
    int found = 0;
    for (int token = 0; token < vocabulary && count > 0; token++) {
      float logit = logits[offset + token];
      if (found == count && logit <= logits[offset + best[count - 1]]) {
        continue;
      }
      int place = found < count ? found++ : count - 1;
      while (place > 0 && logits[offset + best[place - 1]] < logit) {
        best[place] = best[place - 1];
        place--;
      }
      best[place] = token;
    }
    return best;
  }
}
