package io.firesteel.model.conformance;

import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Router;
import io.firesteel.model.reference.ReferenceOps;
import java.util.Arrays;

/**
 * Compares chosen experts. Where scores differ by less than rounding, either choice is right; where
 * gate outputs are equal to the bit, the lower id has to come first.
 */
final class RouterCheck {
  /** Scores below this share of the largest may have vanished in single precision. */
  private static final double VANISHED = 1e-30;

  private final Router actual;
  private final Router expected;
  private final float[] gates;

  RouterCheck(Router actual, Router expected) {
    this.actual = actual;
    this.expected = expected;
    gates = new float[expected.rows() * expected.gate().rows()];
    try (ReferenceOps reference = new ReferenceOps()) {
      reference.run(new Logits(expected.x(), expected.norm(), expected.gate(), gates));
    }
  }

  void check(Tolerances tolerances) {
    int active = actual.gating().active();
    for (int row = 0; row < actual.rows(); row++) {
      int[] found = Arrays.copyOfRange(actual.experts(), row * active, (row + 1) * active);
      int[] wanted = Arrays.copyOfRange(expected.experts(), row * active, (row + 1) * active);
      requireDistinct(row, found);
      for (int i = 0; i < active; i++) {
        if (found[i] != wanted[i] && !tied(row, found[i], wanted[i], tolerances.routerTie())) {
          throw new AssertionError(
              "row %d has experts %s, expected %s"
                  .formatted(row, Arrays.toString(found), Arrays.toString(wanted)));
        }
      }
    }
    double nmse = Nmse.of(actual.weights(), expected.weights());
    if (!(nmse <= tolerances.nmse(actual.op()))) {
      throw new AssertionError(
          "NMSE of weights is %.3g, expected at most %.3g"
              .formatted(nmse, tolerances.nmse(actual.op())));
    }
  }

  private void requireDistinct(int row, int[] found) {
    if (Arrays.stream(found).distinct().count() != found.length
        || Arrays.stream(found).anyMatch(e -> e < 0 || e >= actual.gate().rows())) {
      throw new AssertionError(
          "row %d has experts %s, expected different ids below %d"
              .formatted(row, Arrays.toString(found), actual.gate().rows()));
    }
  }

  private boolean tied(int row, int found, int wanted, double tolerance) {
    if (gates[row * actual.gate().rows() + found] == gates[row * actual.gate().rows() + wanted]) {
      return false;
    }
    double score = score(row, found);
    double other = score(row, wanted);
    return Math.abs(score - other) <= tolerance * Math.max(score, other)
        || Math.max(score, other) < VANISHED;
  }

  /** The score before it is divided by the sum over all experts. */
  private double score(int row, int expert) {
    int experts = actual.gate().rows();
    double gate = gates[row * experts + expert];
    if (actual.gating().score() == Gating.Score.SIGMOID) {
      return 1 / (1 + Math.exp(-gate));
    }
    double largest = Double.NEGATIVE_INFINITY;
    for (int e = 0; e < experts; e++) {
      largest = Math.max(largest, gates[row * experts + e]);
    }
    return Math.exp(gate - largest);
  }
}
