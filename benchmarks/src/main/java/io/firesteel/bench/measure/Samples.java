package io.firesteel.bench.measure;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * Figures of repeated measurements of one thing.
 *
 * @param values in the order in which they were taken, at least one
 */
public record Samples(double... values) {
  /** Checks that something was measured, and takes a copy. */
  public Samples {
    if (values.length == 0) {
      throw new IllegalArgumentException("no samples, expected at least one");
    }
    values = values.clone();
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

  /** These samples and then others. */
  public Samples and(Samples others) {
    return new Samples(
        DoubleStream.concat(Arrays.stream(values), Arrays.stream(others.values)).toArray());
  }

  private double[] sorted() {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}
