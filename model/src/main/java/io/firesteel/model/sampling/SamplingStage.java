package io.firesteel.model.sampling;

/**
 * One step of a sampling chain: changes the candidates' logits or drops some of them. At least one
 * candidate always stays.
 */
public sealed interface SamplingStage
    permits LogitBias, Penalties, Dry, TopNSigma, TopK, Typical, TopP, MinP, Xtc, Temperature {
  /** Whether the stage would change anything at all. */
  boolean active();

  /**
   * Applies the stage.
   *
   * @param candidates the tokens still in the running; changed in place
   * @param history the sequence so far
   * @param draw the chance that belongs to this token
   */
  void apply(Candidates candidates, History history, Draw draw);
}
