package io.firesteel.bench;

import java.util.Arrays;

/**
 * Rates of repeated measurements, in tokens a second.
 *
 * @param samples in the order in which they were taken, at least one
 */
public record Rates(double[] samples) {
  /** Checks that something was measured. */
  public Rates {
    if (samples.length == 0) {
      throw new IllegalArgumentException("no samples, expected at least one");
    }
  }

  /** The middle sample, or the mean of the two in the middle. */
  public double median() {
    double[] sorted = sorted();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Half the distance between the smallest and the largest sample, relative to the median. */
  public double spread() {
    double[] sorted = sorted();
    return (sorted[sorted.length - 1] - sorted[0]) / 2 / median();
  }

  private double[] sorted() {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}
