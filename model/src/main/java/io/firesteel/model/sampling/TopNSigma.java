package io.firesteel.model.sampling;

/**
 * Keeps tokens whose logit lies within {@code n} standard deviations of the largest (Tang et al.:
 * "Top-nσ", 2024).
 *
 * @param n at least 0; 0 turns it off
 */
public record TopNSigma(float n) implements SamplingStage {
  /** Checks the range stated above. */
  public TopNSigma {
    Range.require("top-n-sigma", n, 0, Float.MAX_VALUE);
  }

  @Override
  public boolean active() {
    return n > 0;
  }

  @Override
  public void apply(Candidates candidates, History history, Draw draw) {
    int valid = 0;
    double sum = 0;
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.logit(i) > Float.NEGATIVE_INFINITY) {
        sum += candidates.logit(i);
        valid++;
      }
    }
    double mean = sum / valid;
    double squares = 0;
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.logit(i) > Float.NEGATIVE_INFINITY) {
        squares += (candidates.logit(i) - mean) * (candidates.logit(i) - mean);
      }
    }
    double deviation = Math.sqrt(squares / valid);
    candidates.keepFrom((float) (candidates.logit(candidates.best()) - n * deviation));
  }
}
