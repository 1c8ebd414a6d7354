package io.firesteel.model.conformance;

/** Normalised mean square error: {@code Σ(actual - expected)² / Σ expected²}. */
public final class Nmse {
  private Nmse() {}

  /**
   * Of two arrays of equal length. Where all that is expected is 0, the sum of squares itself; NaN
   * in {@code actual} gives NaN.
   */
  public static double of(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      throw new IllegalArgumentException(
          "there are " + actual.length + " values, expected " + expected.length);
    }
    double error = 0;
    double power = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = (double) actual[i] - expected[i];
      error += difference * difference;
      power += (double) expected[i] * expected[i];
    }
    return power == 0 ? error : error / power;
  }
}
