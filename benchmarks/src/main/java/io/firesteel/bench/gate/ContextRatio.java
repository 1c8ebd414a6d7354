package io.firesteel.bench.gate;

import io.firesteel.bench.measure.Samples;

/**
 * One context's rates.
 *
 * @param context positions in the cache
 * @param baseline tokens a second
 * @param candidate tokens a second
 */
public record ContextRatio(int context, Samples baseline, Samples candidate) {
  private static final double REGRESSION = 0.98;
  private static final double TOLERANCE = 1e-9;

  /** Median of the candidate relative to the baseline's. */
  public double ratio() {
    return candidate.median() / baseline.median();
  }

  /** Whether the candidate is slower by more than 2 %. */
  public boolean isRegression() {
    return isRegression(ratio());
  }

  private static boolean isRegression(double ratio) {
    return ratio < REGRESSION - TOLERANCE;
  }

  /**
   * How far the ratio may be off, relative to it: from the spread of both sides' samples, which
   * weighs less the more samples there are.
   */
  public double uncertainty() {
    return Math.hypot(uncertainty(baseline), uncertainty(candidate));
  }

  private static double uncertainty(Samples samples) {
    return samples.spread() / Math.sqrt(samples.values().length);
  }

  /** Whether the samples scatter so much that it is open whether this is a regression. */
  public boolean isUnsafe() {
    return isRegression(low()) != isRegression(high());
  }

  /** Whether the samples scatter so much that the grade is open. */
  boolean isGradeUnsafe() {
    return Grade.of(low()) != Grade.of(high());
  }

  private double low() {
    return ratio() * (1 - uncertainty());
  }

  private double high() {
    return ratio() * (1 + uncertainty());
  }

  /** The context as people write it: {@code 512}, {@code 4k}. */
  public String label() {
    return context >= 1024 && context % 1024 == 0
        ? context / 1024 + "k"
        : Integer.toString(context);
  }
}
