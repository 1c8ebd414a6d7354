package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A deterministic finite automaton over code points. State 0 is the start.
 *
 * @param bounds first code point of each class of code points that are treated alike, rising; the
 *     first is 0
 * @param next for each state and class the following state, or -1
 * @param accepting for each state whether a text may end there
 */
record CharAutomaton(int[] bounds, int[][] next, boolean[] accepting) {
  private static final int MOST_STATES = 20_000;
  private static final int SURROGATES_END = Character.MAX_SURROGATE + 1;

  /**
   * The automaton of an expression without rules.
   *
   * @param place for the error if it gets too large
   */
  static CharAutomaton of(Expr expression, String place) {
    Nfa nfa = new Nfa(place);
    int start = nfa.state();
    nfa.end = nfa.build(expression, start);
    return nfa.determinise(start);
  }

  /** Whether it accepts a text. */
  boolean matches(String text) {
    int state = 0;
    for (int point : text.codePoints().toArray()) {
      state = next[state][classOf(point)];
      if (state < 0) {
        return false;
      }
    }
    return accepting[state];
  }

  private int classOf(int point) {
    int found = Arrays.binarySearch(bounds, point);
    return found >= 0 ? found : -found - 2;
  }

  /** The code points that lead from a state to another, by that other state. */
  Map<Integer, CodePoints> edges(int state) {
    Map<Integer, List<int[]>> ranges = new HashMap<>();
    for (int c = 0; c < bounds.length; c++) {
      int last = c + 1 < bounds.length ? bounds[c + 1] - 1 : 0x10FFFF;
      if (next[state][c] >= 0) {
        ranges
            .computeIfAbsent(next[state][c], _ -> new ArrayList<>())
            .add(new int[] {bounds[c], last});
      }
    }
    Map<Integer, CodePoints> edges = new HashMap<>();
    ranges.forEach((target, list) -> edges.put(target, CodePoints.normalised(list)));
    return edges;
  }

  /** What this and another accept. */
  CharAutomaton intersect(CharAutomaton other, String place) {
    TreeSet<Integer> all = new TreeSet<>();
    Arrays.stream(bounds).forEach(all::add);
    Arrays.stream(other.bounds).forEach(all::add);
    int[] joint = all.stream().mapToInt(Integer::intValue).toArray();
    Map<Long, Integer> ids = new HashMap<>();
    List<long[]> pairs = new ArrayList<>();
    List<int[]> rows = new ArrayList<>();
    ids.put(0L, 0);
    pairs.add(new long[] {0, 0});
    for (int i = 0; i < pairs.size(); i++) {
      int a = (int) pairs.get(i)[0];
      int b = (int) pairs.get(i)[1];
      int[] row = new int[joint.length];
      for (int c = 0; c < joint.length; c++) {
        int toA = next[a][classOf(joint[c])];
        int toB = other.next[b][other.classOf(joint[c])];
        row[c] = -1;
        if (toA >= 0 && toB >= 0) {
          row[c] =
              ids.computeIfAbsent(
                  (long) toA << 32 | toB,
                  _ -> {
                    pairs.add(new long[] {toA, toB});
                    return pairs.size() - 1;
                  });
        }
      }
      rows.add(row);
      requireSmall(rows.size(), place);
    }
    boolean[] ends = new boolean[rows.size()];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = accepting[(int) pairs.get(i)[0]] && other.accepting[(int) pairs.get(i)[1]];
    }
    return new CharAutomaton(joint, rows.toArray(int[][]::new), ends);
  }

  /** What this does not accept. */
  CharAutomaton complement() {
    int sink = next.length;
    int[][] total = new int[sink + 1][];
    for (int s = 0; s < sink; s++) {
      total[s] = Arrays.stream(next[s]).map(target -> target < 0 ? sink : target).toArray();
    }
    total[sink] = new int[bounds.length];
    Arrays.fill(total[sink], sink);
    boolean[] ends = new boolean[sink + 1];
    for (int s = 0; s <= sink; s++) {
      ends[s] = s == sink || !accepting[s];
    }
    return new CharAutomaton(bounds, total, ends);
  }

  /** Whether it accepts nothing. */
  boolean isEmpty() {
    BitSet seen = new BitSet();
    List<Integer> queue = new ArrayList<>(List.of(0));
    seen.set(0);
    for (int i = 0; i < queue.size(); i++) {
      int state = queue.get(i);
      if (accepting[state]) {
        return false;
      }
      for (int c = 0; c < bounds.length; c++) {
        int target = next[state][c];
        boolean surrogates = bounds[c] >= Character.MIN_SURROGATE && endOf(c) < SURROGATES_END;
        if (target >= 0 && !surrogates && !seen.get(target)) {
          seen.set(target);
          queue.add(target);
        }
      }
    }
    return true;
  }

  private int endOf(int c) {
    return c + 1 < bounds.length ? bounds[c + 1] - 1 : 0x10FFFF;
  }

  private static void requireSmall(int states, String place) {
    if (states > MOST_STATES) {
      throw new GrammarException(
          place,
          "needs an automaton of more than %,d states: use smaller counts or a simpler pattern"
              .formatted(MOST_STATES));
    }
  }

  /** A nondeterministic automaton in the making. */
  private static final class Nfa {
    private static final int MOST_NFA_STATES = 200_000;

    private final String place;
    private final List<List<Integer>> silent = new ArrayList<>();
    private final List<List<Edge>> edges = new ArrayList<>();
    private int end;

    private record Edge(CodePoints set, int target) {}

    Nfa(String place) {
      this.place = place;
    }

    int state() {
      silent.add(new ArrayList<>(1));
      edges.add(new ArrayList<>(1));
      if (edges.size() > MOST_NFA_STATES) {
        requireSmall(Integer.MAX_VALUE, place);
      }
      return edges.size() - 1;
    }

    private void edge(int from, CodePoints set, int to) {
      if (!set.isEmpty()) {
        edges.get(from).add(new Edge(set, to));
      }
    }

    /** Adds an expression behind a state, and returns the state after it. */
    int build(Expr expression, int from) {
      return switch (expression) {
        case Expr.Chars(CodePoints set) -> {
          int to = state();
          edge(from, set, to);
          yield to;
        }
        case Expr.Text(String text) -> {
          int at = from;
          for (int point : text.codePoints().toArray()) {
            int to = state();
            edge(at, CodePoints.of(point), to);
            at = to;
          }
          yield at;
        }
        case Expr.Sequence(List<Expr> parts) -> {
          int at = from;
          for (Expr part : parts) {
            at = build(part, at);
          }
          yield at;
        }
        case Expr.Choice(List<Expr> options) -> {
          int to = state();
          for (Expr option : options) {
            int begin = state();
            silent.get(from).add(begin);
            silent.get(build(option, begin)).add(to);
          }
          yield to;
        }
        case Expr.Repeat repeat -> repeat(repeat, from);
        default -> throw new IllegalArgumentException("no finite automaton: " + expression);
      };
    }

    private int repeat(Expr.Repeat repeat, int from) {
      int at = from;
      for (int i = 0; i < repeat.min(); i++) {
        at = build(repeat.body(), at);
      }
      if (repeat.max() == Expr.UNBOUNDED) {
        int loop = state();
        silent.get(at).add(loop);
        silent.get(build(repeat.body(), loop)).add(loop);
        return loop;
      }
      int to = state();
      for (int i = repeat.min(); i < repeat.max(); i++) {
        silent.get(at).add(to);
        at = build(repeat.body(), at);
      }
      silent.get(at).add(to);
      return to;
    }

    CharAutomaton determinise(int start) {
      int[] bounds = bounds();
      Map<BitSet, Integer> ids = new HashMap<>();
      List<BitSet> sets = new ArrayList<>();
      List<int[]> rows = new ArrayList<>();
      BitSet first = new BitSet();
      close(start, first);
      ids.put(first, 0);
      sets.add(first);
      for (int i = 0; i < sets.size(); i++) {
        BitSet[] targets = new BitSet[bounds.length];
        sets.get(i).stream().forEach(s -> edges.get(s).forEach(e -> spread(e, bounds, targets)));
        int[] row = new int[bounds.length];
        for (int c = 0; c < row.length; c++) {
          row[c] = targets[c] == null ? -1 : id(targets[c], ids, sets);
        }
        rows.add(row);
        requireSmall(rows.size(), place);
      }
      boolean[] ends = new boolean[sets.size()];
      for (int i = 0; i < ends.length; i++) {
        ends[i] = sets.get(i).get(end);
      }
      return new CharAutomaton(bounds, rows.toArray(int[][]::new), ends);
    }

    private static int id(BitSet set, Map<BitSet, Integer> ids, List<BitSet> sets) {
      return ids.computeIfAbsent(
          set,
          added -> {
            sets.add(added);
            return sets.size() - 1;
          });
    }

    private int[] bounds() {
      TreeSet<Integer> all = new TreeSet<>();
      all.add(0);
      for (List<Edge> list : edges) {
        for (Edge edge : list) {
          int[] ranges = edge.set.ranges();
          for (int i = 0; i < ranges.length; i += 2) {
            all.add(ranges[i]);
            all.add(ranges[i + 1] + 1);
          }
        }
      }
      all.remove(0x110000);
      return all.stream().mapToInt(Integer::intValue).toArray();
    }

    private void spread(Edge edge, int[] bounds, BitSet[] targets) {
      int[] ranges = edge.set.ranges();
      for (int i = 0; i < ranges.length; i += 2) {
        int c = Arrays.binarySearch(bounds, ranges[i]);
        for (; c < bounds.length && bounds[c] <= ranges[i + 1]; c++) {
          if (targets[c] == null) {
            targets[c] = new BitSet();
          }
          close(edge.target, targets[c]);
        }
      }
    }

    private void close(int state, BitSet into) {
      List<Integer> open = new ArrayList<>(List.of(state));
      while (!open.isEmpty()) {
        int at = open.removeLast();
        if (!into.get(at)) {
          into.set(at);
          open.addAll(silent.get(at));
        }
      }
    }
  }
}
