package io.firesteel.loader.blocks;

/**
 * Quantises 256 numbers into groups with one signed whole-number scale each, times the
 * super-block's {@code d}: the scheme of Q3_K, Q6_K and IQ4_XS. The search is that of {@link
 * AffineSuperBlock}.
 */
final class ScaledSuperBlock {
  static final int SIZE = 256;
  private static final int ROUNDS = 3;

  private final int groupSize;
  private final Levels levels;
  private final int lowestScale;
  private final int highestScale;
  private final float[] fitted;
  private int[] trialScales;

  /** F16 factor of the scales. */
  short d;

  /** Scale of each group. */
  int[] scales;

  /** Index of each element's level. */
  final int[] quants = new int[SIZE];

  private final float[] chosen = new float[SIZE];

  ScaledSuperBlock(int groupSize, Levels levels, int lowestScale, int highestScale) {
    this.groupSize = groupSize;
    this.levels = levels;
    this.lowestScale = lowestScale;
    this.highestScale = highestScale;
    this.fitted = new float[SIZE / groupSize];
    this.scales = new int[SIZE / groupSize];
    this.trialScales = new int[SIZE / groupSize];
  }

  /** Sets all fields to the best found for {@code x[from]} to {@code x[from + 255]}. */
  void fit(float[] x, int from) {
    float widest = 0;
    for (int group = 0; group < scales.length; group++) {
      fitted[group] = ScaleSearch.find(x, from + group * groupSize, groupSize, levels);
      if (Math.abs(fitted[group]) > Math.abs(widest)) {
        widest = fitted[group];
      }
    }
    // The widest group takes the end of the range that reaches farther.
    float trialD = widest / lowestScale;
    float best = Float.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      short half = Half.of(trialD);
      trialD = Float.float16ToFloat(half);
      float error = 0;
      for (int group = 0; group < scales.length; group++) {
        error += chooseScale(x, from, group, trialD);
      }
      if (!(error < best)) {
        break;
      }
      best = error;
      d = half;
      int[] kept = scales;
      scales = trialScales;
      trialScales = kept;
      setQuants(x, from, trialD);
      trialD = regress(x, from, trialD);
    }
  }

  private float chooseScale(float[] x, int from, int group, float d) {
    int middle = Math.round(fitted[group] * ScaleSearch.inverse(d));
    middle = Math.min(highestScale, Math.max(lowestScale, middle));
    float best = Float.POSITIVE_INFINITY;
    for (int s = Math.max(lowestScale, middle - 1); s <= Math.min(highestScale, middle + 1); s++) {
      float error = ScaleSearch.error(x, from + group * groupSize, groupSize, d * s, levels);
      if (error < best) {
        best = error;
        trialScales[group] = s;
      }
    }
    return best;
  }

  private void setQuants(float[] x, int from, float d) {
    for (int group = 0; group < scales.length; group++) {
      float inverse = ScaleSearch.inverse(d * scales[group]);
      for (int i = group * groupSize; i < (group + 1) * groupSize; i++) {
        quants[i] = levels.index(x[from + i] * inverse);
        chosen[i] = levels.nearest(x[from + i] * inverse);
      }
    }
  }

  private float regress(float[] x, int from, float old) {
    double cross = 0;
    double square = 0;
    for (int i = 0; i < SIZE; i++) {
      double unit = (double) scales[i / groupSize] * chosen[i];
      cross += unit * x[from + i];
      square += unit * unit;
    }
    return square > 0 ? (float) (cross / square) : old;
  }
}
