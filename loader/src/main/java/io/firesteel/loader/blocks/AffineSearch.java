package io.firesteel.loader.blocks;

/**
 * Finds scale and minimum that make {@code scale * q - minimum}, with q from 0 to {@code
 * largestQuant}, come closest to given numbers in the least squares: a grid of trial scales, each
 * improved by turns of nearest quants and linear regression.
 */
final class AffineSearch {
  private static final int STEPS = 12;
  private static final float FIRST = -1.0f;
  private static final float STEP = 0.25f;
  private static final int REFINEMENTS = 2;

  private final int largestQuant;
  private final boolean minimumAtLeastZero;

  /** The scale found, at least 0. */
  float scale;

  /** The minimum found, to be subtracted. */
  float minimum;

  /**
   * A search.
   *
   * @param minimumAtLeastZero whether {@code minimum} is stored without a sign
   */
  AffineSearch(int largestQuant, boolean minimumAtLeastZero) {
    this.largestQuant = largestQuant;
    this.minimumAtLeastZero = minimumAtLeastZero;
  }

  /** Sets {@link #scale} and {@link #minimum}. */
  void find(float[] x, int from, int count) {
    float low = minimumAtLeastZero ? 0 : x[from];
    float high = x[from];
    for (int i = from; i < from + count; i++) {
      low = Math.min(low, x[i]);
      high = Math.max(high, x[i]);
    }
    float range = high - low;
    float bestScale = range / largestQuant;
    float bestMinimum = -low;
    float bestError = error(x, from, count, bestScale, bestMinimum, largestQuant);
    if (range > 0 && Float.isFinite(range)) {
      for (int step = 0; step < STEPS; step++) {
        scale = range / (largestQuant + FIRST + step * STEP);
        minimum = -low;
        for (int round = 0; round < REFINEMENTS; round++) {
          regress(x, from, count);
        }
        float error = error(x, from, count, scale, minimum, largestQuant);
        if (error < bestError) {
          bestError = error;
          bestScale = scale;
          bestMinimum = minimum;
        }
      }
    }
    scale = bestScale;
    minimum = bestMinimum;
  }

  /** Squared error of the numbers when each takes the quant nearest to it. */
  static float error(float[] x, int from, int count, float scale, float minimum, int largestQuant) {
    float inverse = ScaleSearch.inverse(scale);
    float error = 0;
    for (int i = from; i < from + count; i++) {
      int quant = quant(x[i], inverse, minimum, largestQuant);
      float difference = x[i] - (scale * quant - minimum);
      error += difference * difference;
    }
    return error;
  }

  /** The quant nearest to a number. */
  static int quant(float x, float inverseScale, float minimum, int largestQuant) {
    return Math.min(largestQuant, Math.max(0, Math.round((x + minimum) * inverseScale)));
  }

  /** The best scale and minimum for the quants that the present ones give. */
  private void regress(float[] x, int from, int count) {
    float inverse = ScaleSearch.inverse(scale);
    float sumX = 0;
    float sumQ = 0;
    float sumQQ = 0;
    float sumQX = 0;
    for (int i = from; i < from + count; i++) {
      float quant = quant(x[i], inverse, minimum, largestQuant);
      sumX += x[i];
      sumQ += quant;
      sumQQ += quant * quant;
      sumQX += quant * x[i];
    }
    float determinant = count * sumQQ - sumQ * sumQ;
    if (determinant <= 0) {
      return;
    }
    float slope = (count * sumQX - sumQ * sumX) / determinant;
    float offset = (sumX - slope * sumQ) / count;
    if (minimumAtLeastZero && offset > 0) {
      offset = 0;
      slope = sumQX / sumQQ;
    }
    if (slope > 0) {
      scale = slope;
      minimum = -offset;
    }
  }
}
