package io.firesteel.model.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds the {@link Automaton} of a set of rules. */
final class AutomatonBuilder {
  /** Largest automaton: some 30 MB. */
  static final int MOST_STATES = 250_000;

  private static final Map<Integer, String> SHORT_ESCAPES =
      Map.of(
          (int) '"',
          "\\\"",
          (int) '\\',
          "\\\\",
          (int) '\b',
          "\\b",
          (int) '\f',
          "\\f",
          (int) '\n',
          "\\n",
          (int) '\r',
          "\\r",
          (int) '\t',
          "\\t");

  private final Map<String, Expr> rules;
  private final List<Numbers> edges = new ArrayList<>();
  private final List<Numbers> silent = new ArrayList<>();
  private final List<Numbers> calls = new ArrayList<>();
  private final Map<String, Integer> starts = new LinkedHashMap<>();
  private final Map<String, Integer> finals = new HashMap<>();
  private String place = "";

  private AutomatonBuilder(Map<String, Expr> rules) {
    this.rules = rules;
  }

  /** A growing list of numbers. */
  private static final class Numbers {
    private int[] values = new int[0];

    void add(int... more) {
      int length = values.length;
      values = Arrays.copyOf(values, length + more.length);
      System.arraycopy(more, 0, values, length, more.length);
    }
  }

  /**
   * Builds it.
   *
   * @param rules the right-hand sides by name; a name is the place that errors give
   * @param root name of the rule that describes the whole text
   * @throws GrammarException if a rule is missing, calls itself before anything else, can never
   *     end, or the whole is too large
   */
  static Automaton build(Map<String, Expr> rules, String root) {
    return new AutomatonBuilder(rules).build(root);
  }

  private Automaton build(String root) {
    for (String name : rules.keySet()) {
      starts.put(name, state());
    }
    for (Map.Entry<String, Expr> rule : rules.entrySet()) {
      place = rule.getKey();
      finals.put(place, add(rule.getValue(), starts.get(place)));
    }
    boolean[] ends = new boolean[edges.size()];
    finals.values().forEach(state -> ends[state] = true);
    Automaton unpriced =
        new Automaton(
            rows(edges), rows(silent), rows(calls), ends, start(root), new int[ends.length]);
    Costs.fill(unpriced);
    new RuleChecks(unpriced, starts).check(root);
    return unpriced;
  }

  private int start(String root) {
    if (!starts.containsKey(root)) {
      throw new GrammarException(root, "there is no such rule");
    }
    return starts.get(root);
  }

  private static int[][] rows(List<Numbers> lists) {
    return lists.stream().map(list -> list.values).toArray(int[][]::new);
  }

  private int state() {
    if (edges.size() >= MOST_STATES) {
      throw new GrammarException(
          place,
          "the grammar needs more than %,d states: use smaller counts or fewer alternatives"
              .formatted(MOST_STATES));
    }
    edges.add(new Numbers());
    silent.add(new Numbers());
    calls.add(new Numbers());
    return edges.size() - 1;
  }

  /** Adds an expression behind a state, and returns the state after it. */
  private int add(Expr expression, int from) {
    return switch (expression) {
      case Expr.Chars(CodePoints set) -> chars(set, from, state());
      case Expr.Text(String text) -> bytes(text.getBytes(StandardCharsets.UTF_8), from);
      case Expr.Marker(String text) -> marker(text, from);
      case Expr.Sequence(List<Expr> parts) -> {
        int at = from;
        for (Expr part : parts) {
          at = add(part, at);
        }
        yield at;
      }
      case Expr.Choice(List<Expr> options) -> choice(options, from);
      case Expr.Repeat repeat -> repeat(repeat, from);
      case Expr.Rule(String name) -> call(name, from);
      case Expr.Machine machine -> machine(machine, from);
      case Expr.Until(String marker) -> until(marker, from);
      case Expr.Without(String marker) -> without(marker, from);
    };
  }

  private int chars(CodePoints set, int from, int to) {
    Utf8Ranges.of(set, ranges -> path(ranges, from, to));
    return to;
  }

  private void path(int[] ranges, int from, int to) {
    int at = from;
    for (int i = 0; i < ranges.length; i += 2) {
      int next = i + 2 == ranges.length ? to : state();
      edges.get(at).add(ranges[i], ranges[i + 1], next);
      at = next;
    }
  }

  private int bytes(byte[] text, int from) {
    int at = from;
    for (byte b : text) {
      int next = state();
      edges.get(at).add(b & 0xFF, b & 0xFF, next);
      at = next;
    }
    return at;
  }

  private int control(String text, int from) {
    int at = state();
    edges.get(from).add(Automaton.CONTROL, Automaton.CONTROL, at);
    return bytes(text.getBytes(StandardCharsets.UTF_8), at);
  }

  private int marker(String text, int from) {
    int to = state();
    silent.get(bytes(text.getBytes(StandardCharsets.UTF_8), from)).add(to);
    silent.get(control(text, from)).add(to);
    return to;
  }

  private int choice(List<Expr> options, int from) {
    int to = state();
    for (Expr option : options) {
      int begin = state();
      silent.get(from).add(begin);
      silent.get(add(option, begin)).add(to);
    }
    return to;
  }

  private int repeat(Expr.Repeat repeat, int from) {
    int at = from;
    for (int i = 0; i < repeat.min(); i++) {
      at = add(repeat.body(), at);
    }
    if (repeat.max() == Expr.UNBOUNDED) {
      int loop = state();
      silent.get(at).add(loop);
      silent.get(add(repeat.body(), loop)).add(loop);
      return loop;
    }
    int to = state();
    for (int i = repeat.min(); i < repeat.max(); i++) {
      silent.get(at).add(to);
      at = add(repeat.body(), at);
    }
    silent.get(at).add(to);
    return to;
  }

  private int call(String name, int from) {
    Integer start = starts.get(name);
    if (start == null) {
      throw new GrammarException(place, "there is no rule " + name);
    }
    int back = state();
    calls.get(from).add(start, back);
    return back;
  }

  private int machine(Expr.Machine machine, int from) {
    CharAutomaton automaton = machine.automaton();
    int count = automaton.next().length;
    int[] ids = new int[count];
    for (int s = 0; s < count; s++) {
      ids[s] = state();
    }
    int to = state();
    silent.get(from).add(ids[0]);
    for (int s = 0; s < count; s++) {
      int source = ids[s];
      automaton
          .edges(s)
          .forEach(
              (target, set) -> {
                if (machine.inJsonString()) {
                  jsonChars(set, source, ids[target]);
                } else {
                  chars(set, source, ids[target]);
                }
              });
      if (automaton.accepting()[s]) {
        silent.get(source).add(to);
      }
    }
    return to;
  }

  /** Code points as they are written between a JSON string's quotation marks. */
  private void jsonChars(CodePoints set, int from, int to) {
    chars(set.minus(JsonRules.ESCAPED), from, to);
    for (int point : JsonRules.escaped()) {
      if (set.contains(point)) {
        String spelled = SHORT_ESCAPES.getOrDefault(point, "\\u%04x".formatted(point));
        silent.get(bytes(spelled.getBytes(StandardCharsets.UTF_8), from)).add(to);
      }
    }
  }

  private int until(String marker, int from) {
    byte[] text = marker.getBytes(StandardCharsets.UTF_8);
    int[] ids = search(text, from);
    for (int i = 0; i < text.length; i++) {
      silent.get(control(marker, ids[i])).add(ids[text.length]);
    }
    return ids[text.length];
  }

  private int without(String marker, int from) {
    byte[] text = marker.getBytes(StandardCharsets.UTF_8);
    int[] ids = search(text, from);
    int to = state();
    for (int i = 0; i < text.length; i++) {
      silent.get(ids[i]).add(to);
    }
    return to;
  }

  /** States that have seen 0, 1, … bytes of a text, as Knuth, Morris and Pratt follow it. */
  private int[] search(byte[] text, int from) {
    int[] ids = new int[text.length + 1];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = state();
    }
    silent.get(from).add(ids[0]);
    for (int seen = 0; seen < text.length; seen++) {
      int first = 0;
      int target = following(text, seen, 0);
      for (int b = 1; b < Automaton.CONTROL; b++) {
        int next = following(text, seen, b);
        if (next != target) {
          edges.get(ids[seen]).add(first, b - 1, ids[target]);
          first = b;
          target = next;
        }
      }
      edges.get(ids[seen]).add(first, Automaton.CONTROL - 1, ids[target]);
    }
    return ids;
  }

  private static int following(byte[] text, int seen, int b) {
    for (int length = seen; length >= 0; length--) {
      boolean border = Arrays.equals(text, 0, length, text, seen - length, seen);
      if (border && (text[length] & 0xFF) == b) {
        return length + 1;
      }
    }
    return 0;
  }
}
