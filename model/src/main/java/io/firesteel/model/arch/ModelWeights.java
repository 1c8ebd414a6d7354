package io.firesteel.model.arch;

import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.WeightMatrix;
import java.util.List;

/**
 * A model's configuration and weights, in their stored form.
 *
 * @param config the model's numbers
 * @param embedding token embedding table
 * @param layers one entry for each layer
 * @param outputNorm RMSNorm before the output head
 * @param output output head; the embedding table where the file ties them
 */
public record ModelWeights(
    ModelConfig config,
    WeightMatrix embedding,
    List<LayerWeights> layers,
    Norm outputNorm,
    WeightMatrix output) {
  /** Takes an immutable copy of the list. */
  public ModelWeights {
    layers = List.copyOf(layers);
  }
}
