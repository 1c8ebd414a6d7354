package io.firesteel.model.arch;

import io.firesteel.model.ops.AttnIn.Projection;
import io.firesteel.model.ops.Norm;

/**
 * Weights of one transformer layer.
 *
 * @param attentionNorm RMSNorm before attention
 * @param query query projection
 * @param key key projection
 * @param value value projection
 * @param queryNorm RMSNorm of each query head; its weight is empty for models without
 * @param keyNorm RMSNorm of each key head; its weight is empty for models without
 * @param attentionOutput output projection of attention
 * @param feedForward what follows attention
 */
public record LayerWeights(
    Norm attentionNorm,
    Projection query,
    Projection key,
    Projection value,
    Norm queryNorm,
    Norm keyNorm,
    Projection attentionOutput,
    FeedForward feedForward) {}
