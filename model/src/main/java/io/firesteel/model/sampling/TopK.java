package io.firesteel.model.sampling;

/**
 * Keeps the {@code k} most likely tokens.
 *
 * @param k at least 0; 0 turns it off
 */
public record TopK(int k) implements SamplingStage {
  /** Checks the range stated above. */
  public TopK {
    Range.require("top-k", k, 0, Integer.MAX_VALUE);
  }

  @Override
  public boolean active() {
    return k > 0;
  }

  @Override
  public void apply(Candidates candidates, History history, Draw draw) {
    candidates.keepHighest(k);
  }
}
