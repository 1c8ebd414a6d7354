package io.firesteel.bench.accuracy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is good enough.
 *
 * @param topAgreement least share of rows with the same most likely token, 0 to 1
 * @param meanDivergence largest mean divergence in nats
 */
public record Thresholds(double topAgreement, double meanDivergence) {
  /** Of the engines here, against the reference. */
  public static final Thresholds USUAL = new Thresholds(0.97, 0.05);

  /**
   * What of these figures is not good enough, one sentence each; nothing if all are.
   *
   * @param what of what the figures are
   */
  public List<String> violations(String what, double top, double divergence) {
    List<String> violations = new ArrayList<>();
    if (!(top >= topAgreement)) {
      violations.add(
          String.format(
              Locale.ROOT, "%s: top-1 agreement %.4f is below %.4f", what, top, topAgreement));
    }
    if (!(divergence <= meanDivergence)) {
      violations.add(
          String.format(
              Locale.ROOT, "%s: mean KL %.5f is above %.5f", what, divergence, meanDivergence));
    }
    return violations;
  }
}
