package io.firesteel.loader.blocks;

/**
 * Quantises 256 numbers into groups that share a scale and a minimum each, both small whole numbers
 * times the super-block's {@code d} and {@code dmin}: the scheme of Q2_K, Q4_K and Q5_K.
 *
 * <p>Each group is first fitted by itself. Then, with {@code d} and {@code dmin} as half-precision
 * numbers, the whole-number scale and minimum of each group are searched around the fit by the
 * error that really results, {@code d} and {@code dmin} are fitted again to the quants found, and
 * so on.
 */
final class AffineSuperBlock {
  static final int SIZE = 256;
  private static final int ROUNDS = 3;

  private final int groupSize;
  private final int largestQuant;
  private final int largestScale;
  private final AffineSearch search;
  private final float[] fittedScales;
  private final float[] fittedMinima;
  private int[] trialScales;
  private int[] trialMinima;

  /** F16 factor of the scales. */
  short d;

  /** F16 factor of the minima. */
  short dmin;

  /** Scale of each group, 0 to {@code largestScale}. */
  int[] scales;

  /** Minimum of each group, 0 to {@code largestScale}. */
  int[] minima;

  /** Quant of each element, 0 to {@code largestQuant}. */
  final int[] quants = new int[SIZE];

  AffineSuperBlock(int groupSize, int largestQuant, int largestScale) {
    this.groupSize = groupSize;
    this.largestQuant = largestQuant;
    this.largestScale = largestScale;
    this.search = new AffineSearch(largestQuant, true);
    int groups = SIZE / groupSize;
    this.fittedScales = new float[groups];
    this.fittedMinima = new float[groups];
    this.scales = new int[groups];
    this.minima = new int[groups];
    this.trialScales = new int[groups];
    this.trialMinima = new int[groups];
  }

  /** Sets all fields to the best found for {@code x[from]} to {@code x[from + 255]}. */
  void fit(float[] x, int from) {
    float trialD = 0;
    float trialDmin = 0;
    for (int group = 0; group < scales.length; group++) {
      search.find(x, from + group * groupSize, groupSize);
      fittedScales[group] = search.scale;
      fittedMinima[group] = search.minimum;
      trialD = Math.max(trialD, search.scale / largestScale);
      trialDmin = Math.max(trialDmin, search.minimum / largestScale);
    }
    float best = Float.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      short halfD = Half.of(trialD);
      short halfDmin = Half.of(trialDmin);
      trialD = Float.float16ToFloat(halfD);
      trialDmin = Float.float16ToFloat(halfDmin);
      float error = 0;
      for (int group = 0; group < scales.length; group++) {
        error += chooseScales(x, from, group, trialD, trialDmin);
      }
      if (!(error < best)) {
        break;
      }
      best = error;
      d = halfD;
      dmin = halfDmin;
      keepTrial();
      setQuants(x, from, trialD, trialDmin);
      float[] next = regress(x, from);
      trialD = next[0];
      trialDmin = next[1];
    }
  }

  private void keepTrial() {
    int[] keptScales = scales;
    int[] keptMinima = minima;
    scales = trialScales;
    minima = trialMinima;
    trialScales = keptScales;
    trialMinima = keptMinima;
  }

  /** Searches the whole numbers around a group's fit; returns the squared error of the best. */
  private float chooseScales(float[] x, int from, int group, float d, float dmin) {
    int scale = whole(fittedScales[group], d);
    int minimum = whole(fittedMinima[group], dmin);
    float best = Float.POSITIVE_INFINITY;
    for (int s = Math.max(0, scale - 1); s <= Math.min(largestScale, scale + 1); s++) {
      for (int m = Math.max(0, minimum - 1); m <= Math.min(largestScale, minimum + 1); m++) {
        float error =
            AffineSearch.error(
                x, from + group * groupSize, groupSize, d * s, dmin * m, largestQuant);
        if (error < best) {
          best = error;
          trialScales[group] = s;
          trialMinima[group] = m;
        }
      }
    }
    return best;
  }

  private int whole(float value, float unit) {
    return Math.min(largestScale, Math.round(value * ScaleSearch.inverse(unit)));
  }

  private void setQuants(float[] x, int from, float d, float dmin) {
    for (int group = 0; group < scales.length; group++) {
      float inverse = ScaleSearch.inverse(d * scales[group]);
      float minimum = dmin * minima[group];
      for (int i = group * groupSize; i < (group + 1) * groupSize; i++) {
        quants[i] = AffineSearch.quant(x[from + i], inverse, minimum, largestQuant);
      }
    }
  }

  /** The best {d, dmin} for the scales, minima and quants as they are. */
  private float[] regress(float[] x, int from) {
    double aa = 0;
    double ab = 0;
    double bb = 0;
    double ax = 0;
    double bx = 0;
    for (int i = 0; i < SIZE; i++) {
      double a = (double) scales[i / groupSize] * quants[i];
      double b = -minima[i / groupSize];
      aa += a * a;
      ab += a * b;
      bb += b * b;
      ax += a * x[from + i];
      bx += b * x[from + i];
    }
    double determinant = aa * bb - ab * ab;
    float oldD = Float.float16ToFloat(d);
    float oldDmin = Float.float16ToFloat(dmin);
    if (determinant > 1e-9 * aa * bb) {
      double newD = (ax * bb - bx * ab) / determinant;
      double newDmin = (bx * aa - ax * ab) / determinant;
      if (newD > 0 && newDmin > 0) {
        return new float[] {(float) newD, (float) newDmin};
      }
    }
    return aa > 0 && ax > 0 && bb == 0
        ? new float[] {(float) (ax / aa), 0}
        : new float[] {oldD, oldDmin};
  }
}
