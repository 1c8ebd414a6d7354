package io.firesteel.model.arch;

import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.WeightMatrix;
import java.util.Optional;

/** The feed-forward half of a layer. */
public sealed interface FeedForward {
  /** RMSNorm before it. */
  Norm norm();

  /** The experts that every engine runs; a dense layer has one. */
  Swiglu experts();

  /**
   * Gate, up and down projections.
   *
   * @param gate {@code width x hidden} for each expert
   * @param up {@code width x hidden} for each expert
   * @param down {@code hidden x width} for each expert
   */
  record Swiglu(ExpertMatrix gate, ExpertMatrix up, ExpertMatrix down) {}

  /** A dense layer: one expert, no router. */
  record Dense(Norm norm, Swiglu experts) implements FeedForward {}

  /**
   * A mixture of experts.
   *
   * @param router one row for each expert
   * @param gating how router outputs choose and weigh experts
   * @param shared an expert that every token passes through
   */
  record Mixture(
      Norm norm, WeightMatrix router, Gating gating, Swiglu experts, Optional<SharedExpert> shared)
      implements FeedForward {}

  /**
   * An expert that every token passes through.
   *
   * @param gate a single row whose sigmoid weighs the expert's output; weight 1 where it is missing
   */
  record SharedExpert(Optional<WeightMatrix> gate, Swiglu expert) {}
}
