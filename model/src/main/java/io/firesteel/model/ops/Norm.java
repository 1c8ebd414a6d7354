package io.firesteel.model.ops;

import java.util.Objects;

/**
 * RMSNorm, {@code y = x / sqrt(mean(x²) + epsilon) * weight} (Zhang and Sennrich, "Root Mean Square
 * Layer Normalization", 2019).
 *
 * @param weight one factor for each element
 * @param epsilon added to the mean square; positive
 */
public record Norm(float[] weight, float epsilon) {
  /** Checks the range of epsilon. */
  public Norm {
    Objects.requireNonNull(weight, "weight");
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon is " + epsilon + ", expected a positive number");
    }
  }
}
