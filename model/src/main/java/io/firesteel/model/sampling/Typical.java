package io.firesteel.model.sampling;

/**
 * Keeps the tokens whose information content is closest to the distribution's entropy, as many as
 * together have a probability of {@code p} (Meister et al.: "Locally typical sampling", 2022).
 *
 * @param p greater than 0, at most 1; 1 turns it off
 */
public record Typical(float p) implements SamplingStage {
  /** Checks the range stated above. */
  public Typical {
    Range.requireShare("typical-p", p);
  }

  @Override
  public boolean active() {
    return p < 1;
  }

  @Override
  public void apply(Candidates candidates, History history, Draw draw) {
    double total = candidates.weigh();
    double entropy = Temperature.entropy(candidates, total);
    float[] distances = new float[candidates.size()];
    for (int i = 0; i < distances.length; i++) {
      double information = -Math.log(candidates.weight(i) / total);
      distances[i] = (float) Math.min(Float.MAX_VALUE, Math.abs(information - entropy));
    }
    candidates.keepClosest(distances, p, total);
  }
}
