package io.firesteel.tornado.kernels;

import io.firesteel.model.ops.AttnIn;
import java.util.Objects;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A linear map.
 *
 * @param weights the matrix
 * @param bias one value for each output, all zero where there is none
 */
public record Projection(Weights weights, FloatArray bias) {
  /** Refuses missing parts. */
  public Projection {
    Objects.requireNonNull(weights, "weights");
    if (bias.getSize() != weights.rows()) {
      throw new IllegalArgumentException(
          "length of bias is " + bias.getSize() + ", expected " + weights.rows());
    }
  }

  /** A map without bias. */
  public static Projection of(Weights weights) {
    FloatArray zeros = new FloatArray(weights.rows());
    zeros.init(0);
    return new Projection(weights, zeros);
  }

  /** Whether any output has a bias. */
  boolean isBiased() {
    for (int i = 0; i < bias.getSize(); i++) {
      if (bias.get(i) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Packs a map of an op's call. */
  public static Projection of(AttnIn.Projection projection) {
    Weights weights = Weights.of(projection.matrix());
    return projection.bias().length == 0
        ? of(weights)
        : new Projection(weights, FloatArray.fromArray(projection.bias()));
  }
}
