package io.firesteel.model.engine;

import io.firesteel.model.ops.Rows;

/**
 * The work of one step.
 *
 * @param tokens token id of each row
 * @param rows sequence, position and pages of each row; rows of one sequence have rising positions
 * @param logitRows the rows whose logits are wanted, rising; may be empty
 */
public record Batch(int[] tokens, Rows rows, int[] logitRows) {
  /** Checks that the arrays agree. */
  public Batch {
    if (tokens.length != rows.count()) {
      throw new IllegalArgumentException(
          "batch has "
              + tokens.length
              + " tokens and "
              + rows.count()
              + " rows, expected as many of both");
    }
    int previous = -1;
    for (int row : logitRows) {
      if (row <= previous || row >= tokens.length) {
        throw new IllegalArgumentException(
            "logitRows contains "
                + row
                + " after "
                + previous
                + ", expected rising rows below "
                + tokens.length);
      }
      previous = row;
    }
  }
}
