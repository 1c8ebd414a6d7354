/**
 * The choice of the next token from logits: bias, penalties, truncation, temperature and the draw.
 *
 * <p>{@link io.firesteel.model.sampling.SamplingParameters} says how to sample, {@link
 * io.firesteel.model.sampling.Sampler} does it, as a chain of {@link
 * io.firesteel.model.sampling.SamplingStage}s in the order that llama.cpp uses.
 */
package io.firesteel.model.sampling;
