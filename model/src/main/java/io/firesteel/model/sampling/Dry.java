package io.firesteel.model.sampling;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * "Don't repeat yourself" (p-e-w, 2024): penalises the token that would continue a repetition. If
 * the latest {@code n} tokens occurred before and were followed by a token then, its logit falls by
 * {@code multiplier * base^(n - allowedLength)} for {@code n >= allowedLength}.
 *
 * @param multiplier at least 0; 0 turns it off
 * @param base at least 1; 1.75 is usual
 * @param allowedLength repetitions shorter than this are free; at least 1
 * @param lastTokens how many of the latest tokens are searched; 0 for none, -1 for all
 * @param breakers ids of tokens at which a repetition starts anew, such as those that contain a
 *     line break
 */
public record Dry(
    float multiplier, float base, int allowedLength, int lastTokens, Set<Integer> breakers)
    implements SamplingStage {
  /** Changes nothing; the other values are the usual ones. */
  public static final Dry NONE = new Dry(0, 1.75f, 2, -1, Set.of());

  // A float holds no more than e^88.
  private static final double LARGEST_LOG = 88.7;

  /** Takes a copy of the set and checks the ranges stated above. */
  public Dry {
    breakers = Set.copyOf(breakers);
    Range.require("DRY multiplier", multiplier, 0, Float.MAX_VALUE);
    Range.require("DRY base", base, 1, Float.MAX_VALUE);
    Range.require("DRY allowed length", allowedLength, 1, Integer.MAX_VALUE);
    Range.require("DRY lastTokens", lastTokens, -1, Integer.MAX_VALUE);
  }

  @Override
  public boolean active() {
    return multiplier != 0 && lastTokens != 0;
  }

  @Override
  public void apply(Candidates candidates, History history, Draw draw) {
    int[] latest = reversed(history.last(lastTokens).tokens());
    int longest = untilBreaker(latest);
    if (longest >= allowedLength) {
      repetitions(latest, longest).forEach((token, length) -> penalise(candidates, token, length));
    }
  }

  private void penalise(Candidates candidates, int token, int length) {
    int index = candidates.find(token);
    if (index >= 0) {
      double exponent = length - allowedLength;
      if (base > 1) {
        exponent = Math.min(exponent, LARGEST_LOG / Math.log(base));
      }
      float penalty = (float) (multiplier * Math.pow(base, exponent));
      candidates.change(index, candidates.logit(index) - penalty);
    }
  }

  private int untilBreaker(int[] latest) {
    int length = 0;
    while (length < latest.length && !breakers.contains(latest[length])) {
      length++;
    }
    return length;
  }

  /** For each token that would continue a repetition, the length of the longest one. */
  private Map<Integer, Integer> repetitions(int[] latest, int longest) {
    Map<Integer, Integer> lengths = new HashMap<>();
    int[] common = commonPrefixes(latest);
    for (int i = 1; i < latest.length; i++) {
      int length = Math.min(common[i], longest);
      if (length >= allowedLength) {
        lengths.merge(latest[i - 1], length, Math::max);
      }
    }
    return lengths;
  }

  /** The Z array: how many tokens from {@code i} on equal those from 0 on (Gusfield, 1997). */
  private static int[] commonPrefixes(int[] text) {
    int[] common = new int[text.length];
    int left = 0;
    int right = 0;
    for (int i = 1; i < text.length; i++) {
      int length = i < right ? Math.min(right - i, common[i - left]) : 0;
      while (i + length < text.length && text[length] == text[i + length]) {
        length++;
      }
      common[i] = length;
      if (i + length > right) {
        left = i;
        right = i + length;
      }
    }
    return common;
  }

  private static int[] reversed(int[] tokens) {
    int[] reversed = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      reversed[i] = tokens[tokens.length - 1 - i];
    }
    return reversed;
  }
}
