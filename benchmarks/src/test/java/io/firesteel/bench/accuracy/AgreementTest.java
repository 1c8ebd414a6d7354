package io.firesteel.bench.accuracy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Against figures worked out by hand. */
class AgreementTest {
  private static final float LN2 = (float) Math.log(2);

  @Test
  void equalRowsAgreeWhateverIsAddedToTheLogits() {
    Agreement agreement = new Agreement(3, true);
    agreement.add(new float[] {1, 2, 3}, new float[] {11, 12, 13}, 0, 2);
    assertEquals(1, agreement.topAgreement());
    assertEquals(0, agreement.meanDivergence(), 1e-12);
    assertEquals(0, agreement.nmse().orElseThrow(), 1e-12);
    assertEquals(
        agreement.referenceLoss().perplexity(), agreement.candidateLoss().perplexity(), 1e-9);
  }

  @Test
  void divergenceIsTheSumOverTheWholeVocabulary() {
    // p = (1/2, 1/4, 1/4), q = (1/4, 1/4, 1/2): Σ p ln(p/q) = 1/2 ln 2 + 0 - 1/4 ln 2
    Agreement agreement = new Agreement(3, true);
    agreement.add(new float[] {LN2, 0, 0}, new float[] {0, 0, LN2}, 0, 0);
    assertEquals(0.25 * Math.log(2), agreement.meanDivergence(), 1e-7);
    assertEquals(0, agreement.topAgreement());
    assertEquals(2, agreement.referenceLoss().perplexity(), 1e-6);
    assertEquals(4, agreement.candidateLoss().perplexity(), 1e-6);
  }

  @Test
  void quantilesAndMeansAreThoseOfTheRows() {
    Agreement agreement = new Agreement(2, true);
    float[] even = {0, 0};
    for (int i = 0; i < 99; i++) {
      agreement.add(even, even, 0, 0);
    }
    // p even, q = (1/5, 4/5): 1/2 ln(5/2) + 1/2 ln(5/8) = 1/2 ln(25/16)
    agreement.add(even, new float[] {0, 2 * LN2}, 0, 0);
    double largest = 0.5 * Math.log(25 / 16.0);
    assertEquals(0.99, agreement.topAgreement(), 1e-12);
    assertEquals(largest, agreement.largestDivergence(), 1e-6);
    assertEquals(largest / 100, agreement.meanDivergence(), 1e-8);
    assertEquals(0, agreement.divergenceQuantile(0.99), 1e-12);
    assertEquals(largest, agreement.divergenceQuantile(1), 1e-6);
  }

  @Test
  void rowsThatAreNoNumbersDisagreeUtterly() {
    Agreement agreement = new Agreement(2, true);
    agreement.add(new float[] {0, 1}, new float[] {Float.NaN, 1}, 0, 1);
    assertEquals(1, agreement.nonFiniteRows());
    assertEquals(0, agreement.topAgreement());
    assertEquals(Double.POSITIVE_INFINITY, agreement.meanDivergence());
    assertTrue(
        Thresholds.USUAL
                .violations("text", agreement.topAgreement(), agreement.meanDivergence())
                .size()
            == 2);
  }

  @Test
  void ofARoundedReferenceTheCutOffTailDoesNotCount() {
    float[] stored = {-1e-7f, -16.5f};
    Agreement agreement = new Agreement(2, false);
    agreement.add(stored, new float[] {0, -40}, 0, 0);
    assertEquals(0, agreement.meanDivergence(), 1e-6);
    assertTrue(agreement.nmse().isEmpty());
  }

  @Test
  void theFirstDifferenceIsWhereSequencesPart() {
    assertEquals(
        Optional.of(2), Agreement.firstDifference(new int[] {1, 2, 3}, new int[] {1, 2, 4}));
    assertEquals(Optional.empty(), Agreement.firstDifference(new int[] {1, 2}, new int[] {1, 2}));
    assertEquals(
        Optional.empty(), Agreement.firstDifference(new int[] {1, 2}, new int[] {1, 2, 3}));
  }

  @Test
  void thresholdsAreMetOnTheirBoundaries() {
    assertEquals(0, Thresholds.USUAL.violations("text", 0.97, 0.05).size());
    assertEquals(1, Thresholds.USUAL.violations("text", 0.9699, 0.05).size());
    assertEquals(1, Thresholds.USUAL.violations("text", 0.97, 0.0501).size());
    assertEquals(2, Thresholds.USUAL.violations("text", Double.NaN, Double.NaN).size());
  }
}
