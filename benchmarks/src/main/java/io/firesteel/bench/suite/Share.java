package io.firesteel.bench.suite;

/**
 * A share of right answers.
 *
 * @param right number of right ones
 * @param items number of all
 */
public record Share(int right, int items) {
  private static final double Z = 1.959964;

  /** The share, 0 to 1. */
  public double value() {
    return items == 0 ? 0 : (double) right / items;
  }

  /** Lower end of Wilson's 95 % interval. */
  public double low() {
    return Math.max(0, centre() - half());
  }

  /** Upper end of Wilson's 95 % interval. */
  public double high() {
    return Math.min(1, centre() + half());
  }

  private double centre() {
    double n = Math.max(1, items);
    return (value() + Z * Z / (2 * n)) / (1 + Z * Z / n);
  }

  private double half() {
    double n = Math.max(1, items);
    double p = value();
    return Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n);
  }

  /** With one more item. */
  public Share plus(boolean isRight) {
    return new Share(right + (isRight ? 1 : 0), items + 1);
  }
}
