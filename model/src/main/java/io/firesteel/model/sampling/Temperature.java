package io.firesteel.model.sampling;

/**
 * Divides the logits by a temperature. With a range, the temperature follows the distribution's
 * entropy: {@code low + (high - low) * (entropy / largest entropy)^exponent} with {@code low =
 * max(0, value - range)} and {@code high = value + range}.
 *
 * @param value at least 0; 0 keeps only the most likely token
 * @param range at least 0; 0 for a fixed temperature
 * @param exponent greater than 0
 */
public record Temperature(float value, float range, float exponent) implements SamplingStage {
  /** Checks the ranges stated above. */
  public Temperature {
    Range.require("temperature", value, 0, Float.MAX_VALUE);
    Range.require("temperature range", range, 0, Float.MAX_VALUE);
    Range.requirePositive("temperature exponent", exponent);
  }

  @Override
  public boolean active() {
    return value != 1 || range != 0;
  }

  @Override
  public void apply(Candidates candidates, History history, Draw draw) {
    float temperature = range > 0 ? dynamic(candidates) : value;
    if (temperature == 0) {
      candidates.keepOnly(candidates.best());
      return;
    }
    // Relative to the largest logit, so that a tiny temperature cannot overflow it.
    float largest = candidates.logit(candidates.best());
    for (int i = 0; i < candidates.size(); i++) {
      candidates.change(i, (candidates.logit(i) - largest) / temperature);
    }
  }

  private float dynamic(Candidates candidates) {
    float low = Math.max(0, value - range);
    float high = value + range;
    if (candidates.size() == 1) {
      return high;
    }
    double share = entropy(candidates, candidates.weigh()) / Math.log(candidates.size());
    return (float) (low + (high - low) * Math.pow(Math.max(0, share), exponent));
  }

  /** Entropy in nats of the candidates' distribution, after {@link Candidates#weigh}. */
  static double entropy(Candidates candidates, double total) {
    double entropy = 0;
    for (int i = 0; i < candidates.size(); i++) {
      double probability = candidates.weight(i) / total;
      if (probability > 0) {
        entropy -= probability * Math.log(probability);
      }
    }
    return entropy;
  }
}
