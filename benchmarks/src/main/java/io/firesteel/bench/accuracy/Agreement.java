package io.firesteel.bench.accuracy;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How two sources agree, row by row.
 *
 * <p>The divergence is that of Kullback and Leibler, {@code Σ p ln(p / q)} in nats over the full
 * vocabulary, {@code p} the reference's probabilities. NMSE is the squared difference of the
 * logarithms of probabilities relative to the variance of the reference's.
 *
 * <p>A reference that is not exact holds logarithms of probabilities that are cut off; as in
 * llama.cpp's own tool, tokens less likely than {@code exp(-16)} then do not count, and there is no
 * NMSE.
 */
public final class Agreement {
  private static final double CUT_OFF = -16;

  private final int vocabulary;
  private final boolean exact;
  private double[] divergences = new double[256];
  private int rows;
  private int sameTop;
  private int nonFinite;
  private final Loss reference = new Loss();
  private final Loss candidate = new Loss();
  private double error;
  private double power;

  /**
   * Has seen nothing yet.
   *
   * @param vocabulary tokens of a row
   * @param exact whether the reference's rows are logits as they were computed
   */
  public Agreement(int vocabulary, boolean exact) {
    this.vocabulary = vocabulary;
    this.exact = exact;
  }

  /**
   * Adds a row.
   *
   * @param expected rows of the reference
   * @param actual rows of the candidate
   * @param row which one
   * @param next the token that follows in the text
   */
  public void add(float[] expected, float[] actual, int row, int next) {
    int offset = row * vocabulary;
    for (int i = 0; i < vocabulary; i++) {
      if (!Float.isFinite(actual[offset + i])) {
        nonFinite++;
        addRow(Double.POSITIVE_INFINITY);
        return;
      }
    }
    double expectedNormaliser =
        exact ? LogProbabilities.normaliser(expected, offset, vocabulary) : 0;
    double actualNormaliser = LogProbabilities.normaliser(actual, offset, vocabulary);
    double mean = mean(expected, offset);
    double divergence = 0;
    for (int i = 0; i < vocabulary; i++) {
      double p = expected[offset + i] - expectedNormaliser;
      double q = actual[offset + i] - actualNormaliser;
      if (exact || p > CUT_OFF) {
        divergence += Math.exp(p) * (p - q);
      }
      error += (p - q) * (p - q);
      double deviation = expected[offset + i] - mean;
      power += deviation * deviation;
    }
    addRow(Math.max(0, divergence));
    if (LogProbabilities.top(expected, offset, vocabulary)
        == LogProbabilities.top(actual, offset, vocabulary)) {
      sameTop++;
    }
    reference.add(expectedNormaliser - expected[offset + next]);
    candidate.add(actualNormaliser - actual[offset + next]);
  }

  private double mean(float[] rows, int offset) {
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) {
      sum += rows[offset + i];
    }
    return sum / vocabulary;
  }

  private void addRow(double divergence) {
    if (rows == divergences.length) {
      divergences = Arrays.copyOf(divergences, 2 * rows);
    }
    divergences[rows++] = divergence;
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Rows of the candidate that hold infinities or NaN; they count as disagreeing. */
  public int nonFiniteRows() {
    return nonFinite;
  }

  /** Share of rows whose most likely token is the same, 0 to 1. */
  public double topAgreement() {
    return (double) sameTop / rows;
  }

  /** Mean divergence in nats. */
  public double meanDivergence() {
    return Arrays.stream(divergences, 0, rows).average().orElse(Double.NaN);
  }

  /** Largest divergence in nats. */
  public double largestDivergence() {
    return Arrays.stream(divergences, 0, rows).max().orElse(Double.NaN);
  }

  /**
   * The divergence that a share of the rows does not exceed.
   *
   * @param share 0 to 1
   */
  public double divergenceQuantile(double share) {
    double[] sorted = Arrays.copyOf(divergences, rows);
    Arrays.sort(sorted);
    return sorted[Math.clamp((int) Math.ceil(share * rows) - 1, 0, rows - 1)];
  }

  /**
   * Error of the logarithms of probabilities relative to the reference's variance; empty where the
   * reference is not exact.
   */
  public OptionalDouble nmse() {
    if (!exact) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(nonFinite > 0 ? Double.POSITIVE_INFINITY : error / power);
  }

  /** The reference's loss on the text. */
  public Loss referenceLoss() {
    return reference;
  }

  /** The candidate's loss on the text. */
  public Loss candidateLoss() {
    return candidate;
  }

  /** Where two sequences first differ; empty if they do not as far as both go. */
  public static Optional<Integer> firstDifference(int[] a, int[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 || mismatch >= Math.min(a.length, b.length)
        ? Optional.empty()
        : Optional.of(mismatch);
  }
}
