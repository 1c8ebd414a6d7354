package io.firesteel.model.sampling;

/**
 * Keeps the fewest most likely tokens that together have a probability of {@code p} (Holtzman et
 * al.: "The curious case of neural text degeneration", 2019).
 *
 * @param p greater than 0, at most 1; 1 turns it off
 */
public record TopP(float p) implements SamplingStage {
  /** Checks the range stated above. */
  public TopP {
    Range.requireShare("top-p", p);
  }

  @Override
  public boolean active() {
    return p < 1;
  }

  @Override
  public void apply(Candidates candidates, History history, Draw draw) {
    candidates.keepNucleus(p, candidates.weigh());
  }
}
