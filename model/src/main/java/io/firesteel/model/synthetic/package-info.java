/**
 * Models with random weights and real shapes, for speed and correctness work where the trained file
 * is not at hand: {@link io.firesteel.model.synthetic.KnownModels} has the shapes, {@link
 * io.firesteel.model.synthetic.TypeMix} the block types that llama.cpp gives each tensor, {@link
 * io.firesteel.model.synthetic.SyntheticModel} writes the file. Such a model computes exactly as
 * fast as the real one, and says nothing.
 */
package io.firesteel.model.synthetic;
