package io.firesteel.bench.gate;

/** What a gate decides. */
public enum Outcome {
  /** Faster somewhere, slower nowhere, and right. */
  ACCEPT,
  /** Neither faster nor slower. */
  NONE,
  /** Slower somewhere, or wrong. */
  REJECT,
  /** There is nothing to compare with: the candidate becomes the baseline. */
  BASELINE
}
