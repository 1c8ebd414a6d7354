package io.firesteel.model.sampling;

/** Placeholder shape; replaced by the sampling chain's parameters. */
public record SamplingParameters(float temperature, long seed) {
  /** Always the most likely token, the lower id among equals. */
  public static final SamplingParameters GREEDY = new SamplingParameters(0, 0);
}
