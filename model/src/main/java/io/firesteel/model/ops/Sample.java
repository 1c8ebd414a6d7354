package io.firesteel.model.ops;

import io.firesteel.model.sampling.SamplingParameters;
import java.util.Objects;

/**
 * Chooses the next token of each row: {@code tokens[r]} is drawn from {@code logits[r]} as {@link
 * SamplingParameters} says. The draw depends only on the parameters' seed and {@code draws[r]}, so
 * that every implementation that computes the same probabilities draws the same token.
 *
 * @param logits {@code rows * vocabulary}; an implementation must not change it
 * @param parameters the same for all rows
 * @param recent for each row the latest tokens of its sequence, oldest first, for the penalties
 * @param draws for each row the number of tokens that its sequence has drawn before
 * @param tokens output, one id for each row
 */
public record Sample(
    float[] logits, SamplingParameters parameters, int[][] recent, long[] draws, int[] tokens)
    implements OpCall {
  /** Checks shapes. */
  public Sample {
    Objects.requireNonNull(parameters, "parameters");
    Shapes.positive("rows", tokens.length);
    Shapes.multiple("length of logits", logits.length, tokens.length);
    Shapes.positive("vocabulary", logits.length / tokens.length);
    Shapes.equal("rows of recent", recent.length, tokens.length);
    Shapes.equal("length of draws", draws.length, tokens.length);
    for (int[] row : recent) {
      Shapes.indices("recent", row, logits.length / tokens.length);
    }
  }

  @Override
  public Op op() {
    return Op.SAMPLE;
  }

  @Override
  public int rows() {
    return tokens.length;
  }

  /** Number of logits of a row. */
  public int vocabulary() {
    return logits.length / tokens.length;
  }
}
