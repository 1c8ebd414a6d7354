package io.firesteel.model.sampling;

/**
 * Keeps tokens at least {@code p} times as likely as the likeliest (Nguyen et al.: "Turning up the
 * heat", 2024).
 *
 * @param p 0 to 1; 0 turns it off
 */
public record MinP(float p) implements SamplingStage {
  /** Checks the range stated above. */
  public MinP {
    Range.require("min-p", p, 0, 1);
  }

  @Override
  public boolean active() {
    return p > 0;
  }

  @Override
  public void apply(Candidates candidates, History history, Draw draw) {
    candidates.keepFrom((float) (candidates.logit(candidates.best()) + Math.log(p)));
  }
}
