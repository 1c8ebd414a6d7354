package io.firesteel.model.grammar;

/**
 * A pushdown automaton over bytes: states with edges on bytes, silent moves, and calls of rules
 * that return to a state. Byte {@link #CONTROL} begins the text of a control token.
 *
 * @param edges for each state first byte, last byte and target of each edge
 * @param silent for each state the targets of its silent moves
 * @param calls for each state start of the rule and state to return to, of each call
 * @param ends for each state whether a rule ends there
 * @param start the first state
 * @param cost for each state the fewest bytes to the end of its rule; {@link #NEVER} for none
 */
record Automaton(
    int[][] edges, int[][] silent, int[][] calls, boolean[] ends, int start, int[] cost) {
  /** Stands before the text of a control token; occurs nowhere in UTF-8. */
  static final int CONTROL = 0xFF;

  /** Cost of what cannot end. */
  static final int NEVER = Integer.MAX_VALUE / 4;

  /** Whether a state does nothing but end its rule. */
  boolean onlyEnds(int state) {
    return ends[state]
        && edges[state].length == 0
        && silent[state].length == 0
        && calls[state].length == 0;
  }
}
