package io.firesteel.model.sampling;

/**
 * "Exclude top choices" (p-e-w, 2024): with a given probability drops all tokens at least as likely
 * as a threshold, except the least likely of them.
 *
 * @param probability 0 to 1; 0 turns it off
 * @param threshold greater than 0, at most 1; above 0.5 no two tokens can reach it
 */
public record Xtc(float probability, float threshold) implements SamplingStage {
  /** Changes nothing; the threshold is the usual one. */
  public static final Xtc NONE = new Xtc(0, 0.1f);

  /** Checks the ranges stated above. */
  public Xtc {
    Range.require("XTC probability", probability, 0, 1);
    Range.requireShare("XTC threshold", threshold);
  }

  @Override
  public boolean active() {
    return probability > 0 && threshold <= 0.5;
  }

  @Override
  public void apply(Candidates candidates, History history, Draw draw) {
    if (draw.xtc() < probability) {
      double total = candidates.weigh();
      candidates.dropHeavy(threshold * total);
    }
  }
}
