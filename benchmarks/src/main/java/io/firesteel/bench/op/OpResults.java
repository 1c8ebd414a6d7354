package io.firesteel.bench.op;

import java.util.List;

/**
 * What was measured.
 *
 * @param rows cases with their times
 * @param failures cases that did not run
 */
public record OpResults(List<OpRow> rows, List<OpFailure> failures) {
  /** Takes immutable copies. */
  public OpResults {
    rows = List.copyOf(rows);
    failures = List.copyOf(failures);
  }
}
