package io.firesteel.model;

import java.util.stream.IntStream;

/**
 * How many rows of a step each sequence gets. Every sequence gets one, so that none waits for
 * another's long prompt; what is left is dealt out evenly to those that have more to feed. While
 * some sequences feed only one token, that is, decode, the others' prompts get no more than {@link
 * #MIXED_PREFILL_ROWS} rows together, so that decoding goes on smoothly. Sequences of a higher
 * priority are served first with what is left.
 */
final class StepPlan {
  /** Prompt rows of a step that also decodes. */
  static final int MIXED_PREFILL_ROWS = 128;

  private StepPlan() {}

  /**
   * Rows for each sequence.
   *
   * @param remaining tokens that each sequence has to feed, at least 1; as many sequences as {@code
   *     maxRows} at most
   * @param priorities of the sequences
   * @param maxRows rows of the step
   */
  static int[] rows(int[] remaining, Priority[] priorities, int maxRows) {
    int[] rows = new int[remaining.length];
    int budget = maxRows;
    boolean decodes = false;
    boolean prefills = false;
    for (int i = 0; i < rows.length; i++) {
      rows[i] = 1;
      budget--;
      decodes |= remaining[i] == 1;
      prefills |= remaining[i] > 1;
    }
    if (decodes && prefills) {
      budget = Math.min(budget, MIXED_PREFILL_ROWS);
    }
    for (Priority priority : Priority.values()) {
      int[] served =
          IntStream.range(0, rows.length).filter(i -> priorities[i] == priority).toArray();
      budget = deal(rows, remaining, served, budget);
    }
    return rows;
  }

  /** Deals rows out to some of the sequences, and returns how many are left. */
  private static int deal(int[] rows, int[] remaining, int[] served, int budget) {
    int left = budget;
    while (left > 0) {
      int hungry = 0;
      for (int i : served) {
        hungry += rows[i] < remaining[i] ? 1 : 0;
      }
      if (hungry == 0) {
        return left;
      }
      int share = Math.max(1, left / hungry);
      for (int i : served) {
        int more = Math.min(Math.min(share, remaining[i] - rows[i]), left);
        rows[i] += more;
        left -= more;
      }
    }
    return left;
  }
}
