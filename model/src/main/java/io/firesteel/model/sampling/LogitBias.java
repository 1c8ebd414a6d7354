package io.firesteel.model.sampling;

import java.util.Map;

/**
 * Adds a number to the logits of chosen tokens.
 *
 * @param bias what to add for each token id; negative infinity bans the token
 */
public record LogitBias(Map<Integer, Float> bias) implements SamplingStage {
  /** Takes a copy, and refuses NaN, positive infinity and negative ids. */
  public LogitBias {
    bias = Map.copyOf(bias);
    bias.forEach(LogitBias::check);
  }

  private static void check(int token, float value) {
    if (token < 0 || !(value < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the logit bias of token %d is %s, expected a token id of at least 0 and a finite number or -Infinity"
              .formatted(token, value));
    }
  }

  @Override
  public boolean active() {
    return !bias.isEmpty();
  }

  @Override
  public void apply(Candidates candidates, History history, Draw draw) {
    bias.forEach((token, value) -> add(candidates, token, value));
    if (candidates.logit(candidates.best()) == Float.NEGATIVE_INFINITY) {
      throw new InvalidLogitsException(
          "the logit bias bans every token that the model allows: no token is left to draw");
    }
  }

  private static void add(Candidates candidates, int token, float value) {
    int index = candidates.find(token);
    if (index >= 0 && value == Float.NEGATIVE_INFINITY) {
      candidates.ban(index);
    } else if (index >= 0) {
      candidates.change(index, candidates.logit(index) + value);
    }
  }
}
