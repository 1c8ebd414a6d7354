package io.firesteel.model.grammar;

import java.util.Arrays;

/**
 * Finds for each state the fewest bytes to the end of its rule, by relaxing until nothing gets
 * less.
 */
final class Costs {
  private Costs() {}

  static void fill(Automaton automaton) {
    int[] cost = automaton.cost();
    Arrays.fill(cost, Automaton.NEVER);
    boolean changed = true;
    while (changed) {
      changed = false;
      // Most moves lead to later states, so that going backwards settles them in few rounds.
      for (int state = cost.length - 1; state >= 0; state--) {
        int least = least(automaton, state);
        if (least < cost[state]) {
          cost[state] = least;
          changed = true;
        }
      }
    }
  }

  private static int least(Automaton automaton, int state) {
    int[] cost = automaton.cost();
    int least = automaton.ends()[state] ? 0 : Automaton.NEVER;
    int[] edges = automaton.edges()[state];
    for (int i = 0; i < edges.length; i += 3) {
      least = Math.min(least, 1 + cost[edges[i + 2]]);
    }
    for (int target : automaton.silent()[state]) {
      least = Math.min(least, cost[target]);
    }
    int[] calls = automaton.calls()[state];
    for (int i = 0; i < calls.length; i += 2) {
      least = Math.min(least, cost[calls[i]] + cost[calls[i + 1]]);
    }
    return Math.min(least, Automaton.NEVER);
  }
}
