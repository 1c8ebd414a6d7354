package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Refuses rules that no text matches, and rules that call themselves before anything else. */
final class RuleChecks {
  private final Automaton automaton;
  private final Map<Integer, String> names = new HashMap<>();

  RuleChecks(Automaton automaton, Map<String, Integer> starts) {
    this.automaton = automaton;
    starts.forEach((name, start) -> names.put(start, name));
  }

  void check(String root) {
    if (automaton.cost()[automaton.start()] >= Automaton.NEVER) {
      throw new GrammarException(root, "no text can match this: " + reason());
    }
    Set<Integer> done = new HashSet<>();
    for (int start : names.keySet()) {
      descend(start, new ArrayList<>(), done);
    }
  }

  private String reason() {
    List<String> hopeless =
        names.entrySet().stream()
            .filter(rule -> automaton.cost()[rule.getKey()] >= Automaton.NEVER)
            .map(Map.Entry::getValue)
            .sorted()
            .limit(5)
            .toList();
    return "it always needs another part that never ends (" + String.join(", ", hopeless) + ")";
  }

  private void descend(int start, List<Integer> path, Set<Integer> done) {
    if (path.contains(start)) {
      throw new GrammarException(
          names.get(start),
          "the rule calls itself before anything else (left recursion): write it with repetition");
    }
    if (!done.contains(start)) {
      path.add(start);
      for (int callee : firstCalls(start)) {
        descend(callee, path, done);
      }
      path.removeLast();
      done.add(start);
    }
  }

  /** Rules that may be called before any byte is read. */
  private Set<Integer> firstCalls(int start) {
    Set<Integer> callees = new HashSet<>();
    Set<Integer> seen = new HashSet<>();
    List<Integer> open = new ArrayList<>(List.of(start));
    while (!open.isEmpty()) {
      int state = open.removeLast();
      if (!seen.add(state)) {
        continue;
      }
      for (int target : automaton.silent()[state]) {
        open.add(target);
      }
      int[] calls = automaton.calls()[state];
      for (int i = 0; i < calls.length; i += 2) {
        callees.add(calls[i]);
        if (automaton.cost()[calls[i]] == 0) {
          open.add(calls[i + 1]);
        }
      }
    }
    return callees;
  }
}
