package io.firesteel.model.ops;

/**
 * One call of one op on host memory. The constructors check all shapes, so that an implementation
 * need not.
 *
 * <p>Activations are row-major float arrays with one row per token of the step. Unless a record
 * says otherwise, arrays named as outputs are overwritten completely and everything else is only
 * read.
 */
public sealed interface OpCall
    permits Embed, AttnIn, RopeKv, Attention, AttnOut, Router, ExpertIn, ExpertOut, Logits, Sample {
  /** The op that is called. */
  Op op();

  /** Number of rows (tokens) of the call. */
  int rows();
}
