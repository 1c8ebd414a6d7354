package io.firesteel.loader.blocks;

/**
 * Finds the scale {@code s} that makes {@code s * level} come closest to given numbers in the least
 * squares. For a fixed assignment of levels the best scale is {@code sum(x * level) /
 * sum(level^2)}, and it lowers the squared error by {@code sum(x * level)^2 / sum(level^2)}; so a
 * grid of trial scales proposes assignments, the best one wins, and assignment and scale are then
 * improved in turn (Lloyd's method).
 */
final class ScaleSearch {
  private static final int STEPS = 12;
  private static final float STEP = 0.035f;
  private static final int REFINEMENTS = 3;

  private ScaleSearch() {}

  /** The scale, of either sign; 0 if all numbers are 0. */
  static float find(float[] x, int from, int count, Levels levels) {
    float largest = largest(x, from, count);
    if (largest == 0) {
      return 0;
    }
    float unit = levels.reach() / largest;
    float best = 0;
    float bestGain = -1;
    for (int sign = -1; sign <= 1; sign += 2) {
      for (int step = -STEPS / 3; step <= STEPS; step++) {
        float inverse = sign * unit * (1 + step * STEP);
        float gain = gain(x, from, count, inverse, levels);
        if (gain > bestGain) {
          bestGain = gain;
          best = inverse;
        }
      }
    }
    return refine(x, from, count, best, levels);
  }

  /** Squared error of the numbers when each takes the level nearest to it. */
  static float error(float[] x, int from, int count, float scale, Levels levels) {
    float inverse = inverse(scale);
    float error = 0;
    for (int i = from; i < from + count; i++) {
      float difference = x[i] - scale * levels.nearest(x[i] * inverse);
      error += difference * difference;
    }
    return error;
  }

  /** {@code 1 / scale}, or 0 for a scale too small to divide by. */
  static float inverse(float scale) {
    float inverse = 1 / scale;
    return Float.isInfinite(inverse) ? 0 : inverse;
  }

  static float largest(float[] x, int from, int count) {
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(x[i]));
    }
    return largest;
  }

  private static float gain(float[] x, int from, int count, float inverse, Levels levels) {
    float cross = 0;
    float square = 0;
    for (int i = from; i < from + count; i++) {
      float level = levels.nearest(x[i] * inverse);
      cross += x[i] * level;
      square += level * level;
    }
    return square > 0 ? cross * (cross / square) : -1;
  }

  private static float refine(float[] x, int from, int count, float inverse, Levels levels) {
    float scale = inverse(inverse);
    for (int round = 0; round < REFINEMENTS; round++) {
      float cross = 0;
      float square = 0;
      for (int i = from; i < from + count; i++) {
        float level = levels.nearest(x[i] * inverse(scale));
        cross += x[i] * level;
        square += level * level;
      }
      if (square == 0 || cross == 0) {
        return scale;
      }
      scale = cross / square;
    }
    return scale;
  }
}
