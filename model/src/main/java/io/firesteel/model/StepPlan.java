package io.firesteel.model;

/**
 * How many rows of a step each sequence gets. Every sequence gets one, so that none waits for
 * another's long prompt; what is left is dealt out evenly to those that have more to feed. While
 * some sequences feed only one token, that is, decode, the others' prompts get no more than {@link
 * #MIXED_PREFILL_ROWS} rows together, so that decoding goes on smoothly.
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
   * @param maxRows rows of the step
   */
  static int[] rows(int[] remaining, int maxRows) {
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
    deal(rows, remaining, budget);
    return rows;
  }

  private static void deal(int[] rows, int[] remaining, int budget) {
    int left = budget;
    while (left > 0) {
      int hungry = 0;
      for (int i = 0; i < rows.length; i++) {
        hungry += rows[i] < remaining[i] ? 1 : 0;
      }
      if (hungry == 0) {
        return;
      }
      int share = Math.max(1, left / hungry);
      for (int i = 0; i < rows.length && left > 0; i++) {
        int more = Math.min(Math.min(share, remaining[i] - rows[i]), left);
        rows[i] += more;
        left -= more;
      }
    }
  }
}
