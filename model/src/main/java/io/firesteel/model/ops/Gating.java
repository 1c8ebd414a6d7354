package io.firesteel.model.ops;

import java.util.Objects;

/**
 * How a router turns gate outputs into expert weights. The {@code active} experts with the largest
 * scores are chosen, the lower id first among equals.
 *
 * @param score function from gate outputs to scores
 * @param active number of experts chosen for a token, 1 to 16
 * @param weighting what the chosen scores become
 * @param scale factor on the weights at the end
 */
public record Gating(Score score, int active, Weighting weighting, float scale) {
  /** From gate outputs to scores. */
  public enum Score {
    /** Softmax over all experts. */
    SOFTMAX,
    /** Logistic function of each. */
    SIGMOID
  }

  /** What the chosen scores become. */
  public enum Weighting {
    /** The scores as they are. */
    AS_SCORED,
    /** Divided by the sum of the chosen scores. */
    NORMALIZED
  }

  /** Largest supported number of experts chosen for a token. */
  public static final int MAX_ACTIVE = 16;

  /** Checks the range of {@code active}. */
  public Gating {
    Objects.requireNonNull(score, "score");
    Objects.requireNonNull(weighting, "weighting");
    if (active < 1 || active > MAX_ACTIVE) {
      throw new IllegalArgumentException(
          "active experts is " + active + ", expected 1 to " + MAX_ACTIVE);
    }
  }
}
