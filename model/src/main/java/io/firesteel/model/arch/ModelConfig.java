package io.firesteel.model.arch;

import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.Rope;

/**
 * The numbers of a model that do not belong to one layer.
 *
 * @param architecture value of {@code general.architecture}, such as {@code qwen3moe}
 * @param name value of {@code general.name}, or the architecture where it is missing
 * @param layers number of transformer layers
 * @param hidden width of the hidden state
 * @param heads shape of the attention
 * @param vocabulary number of tokens
 * @param contextLength positions the model was trained for
 * @param attentionScale factor on attention scores
 * @param window latest positions that attention sees, or 0 for all
 * @param rope rotary position embedding
 */
public record ModelConfig(
    String architecture,
    String name,
    int layers,
    int hidden,
    Heads heads,
    int vocabulary,
    int contextLength,
    float attentionScale,
    int window,
    Rope rope) {}
