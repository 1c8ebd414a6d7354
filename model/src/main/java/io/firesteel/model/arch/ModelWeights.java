package io.firesteel.model.arch;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.GgufException;
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

  /**
   * Finds a model's weights in a file. They are not copied: the file must stay open as long as they
   * are used.
   *
   * @throws GgufException if the architecture is not supported, or a tensor or number is missing or
   *     not as the architecture asks; names it, what was found and what was expected
   */
  public static ModelWeights of(Gguf file) {
    return new WeightsLoader(file).load();
  }
}
