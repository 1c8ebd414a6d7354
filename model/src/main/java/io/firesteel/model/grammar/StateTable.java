package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An automaton's configurations, found as they are reached. Not safe for use by several threads at
 * once.
 */
final class StateTable {
  private static final int BOTTOM = -1;
  private static final int OPEN = -2;
  private static final int MOST_MEANINGS = 20_000;

  private final Automaton automaton;
  private final int[] classOf = new int[256];
  private final int classes;
  private final Map<Key, Configuration> known = new HashMap<>();
  private final Frame bottom = new Frame(BOTTOM, null, 0, 0);
  private final Frame open = new Frame(OPEN, null, 0, 1);
  private final Configuration dead;
  private int frames = 2;

  /** A configuration's identity. */
  private record Key(long[] meanings, boolean accepts, boolean escapes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key(long[] theirs, boolean accept, boolean escape)
          && accept == accepts
          && escape == escapes
          && Arrays.equals(meanings, theirs);
    }

    @Override
    public int hashCode() {
      return 4 * Arrays.hashCode(meanings) + (accepts ? 2 : 0) + (escapes ? 1 : 0);
    }
  }

  StateTable(Automaton automaton) {
    this.automaton = automaton;
    classes = classify();
    dead = new Configuration(new int[0], new Frame[0], false, false, 0, Automaton.NEVER);
  }

  /** Bytes that no edge tells apart form a class. */
  private int classify() {
    boolean[] begins = new boolean[257];
    begins[0] = true;
    for (int[] edges : automaton.edges()) {
      for (int i = 0; i < edges.length; i += 3) {
        begins[edges[i]] = true;
        begins[edges[i + 1] + 1] = true;
      }
    }
    int count = 0;
    for (int b = 0; b < 256; b++) {
      count += begins[b] ? 1 : 0;
      classOf[b] = count - 1;
    }
    return count;
  }

  int size() {
    return known.size();
  }

  Configuration start() {
    Gathering gathering = new Gathering();
    gathering.add(automaton.start(), bottom);
    return gathering.configuration();
  }

  /** The configuration after a byte; dead if it does not fit. */
  Configuration step(Configuration from, int b) {
    if (from.next.length == 0) {
      return dead;
    }
    Configuration next = from.next[classOf[b]];
    if (next == null) {
      next = compute(from, b);
      from.next[classOf[b]] = next;
    }
    return next;
  }

  private Configuration compute(Configuration from, int b) {
    Gathering gathering = new Gathering();
    for (int i = 0; i < from.states.length; i++) {
      int[] edges = automaton.edges()[from.states[i]];
      for (int e = 0; e < edges.length; e += 3) {
        if (edges[e] <= b && b <= edges[e + 1]) {
          gathering.add(edges[e + 2], from.frames[i]);
        }
      }
    }
    return gathering.configuration();
  }

  /** The same states with nothing known of their caller. */
  Configuration local(Configuration whole) {
    Gathering gathering = new Gathering();
    for (int state : whole.states) {
      gathering.add(state, open);
    }
    return gathering.configuration();
  }

  /** Whether a frame has a caller above the text as a whole. */
  boolean hasCaller(Frame frame) {
    return frame != null && frame.back >= 0;
  }

  /** What may follow when the rule on a frame has ended. */
  Configuration afterReturn(Frame frame) {
    Gathering gathering = new Gathering();
    gathering.add(frame.back, frame.below);
    return gathering.configuration();
  }

  /** The only byte that may follow, or {@link Configuration#SEVERAL}. */
  int forced(Configuration at) {
    if (at.forced == Configuration.UNKNOWN) {
      at.forced = findForced(at);
    }
    return at.forced;
  }

  private int findForced(Configuration at) {
    int only = Configuration.SEVERAL;
    if (at.accepts) {
      return only;
    }
    for (int state : at.states) {
      int[] edges = automaton.edges()[state];
      for (int e = 0; e < edges.length; e += 3) {
        boolean useful = automaton.cost()[edges[e + 2]] < Automaton.NEVER;
        if (useful && (edges[e] != edges[e + 1] || only >= 0 && only != edges[e])) {
          return Configuration.SEVERAL;
        }
        only = useful ? edges[e] : only;
      }
    }
    return only;
  }

  /** The first byte of a shortest way to the end of the text. */
  int cheapest(Configuration at) {
    int best = -1;
    int least = Automaton.NEVER;
    for (int i = 0; i < at.states.length; i++) {
      int[] edges = automaton.edges()[at.states[i]];
      for (int e = 0; e < edges.length; e += 3) {
        int cost = 1 + automaton.cost()[edges[e + 2]] + at.frames[i].cost;
        if (cost < least) {
          least = cost;
          best = edges[e];
        }
      }
    }
    return best;
  }

  /** Collects states with their frames, and all that follow silently. */
  private final class Gathering {
    private final Set<Long> seen = new HashSet<>();
    private final List<Frame> openFrames = new ArrayList<>();
    private final List<Integer> openStates = new ArrayList<>();
    private final Map<Long, Frame> meanings = new HashMap<>();
    private boolean accepts;
    private boolean escapes;

    void add(int state, Frame frame) {
      push(state, frame);
      while (!openStates.isEmpty()) {
        spread(openStates.removeLast(), openFrames.removeLast());
      }
    }

    private void push(int state, Frame frame) {
      if (automaton.cost()[state] < Automaton.NEVER && seen.add(key(state, frame))) {
        openStates.add(state);
        openFrames.add(frame);
        if (seen.size() > MOST_MEANINGS) {
          throw new GrammarException(
              "grammar",
              "a text has more than %,d meanings: make the rules less ambiguous"
                  .formatted(MOST_MEANINGS));
        }
      }
    }

    private static long key(int state, Frame frame) {
      return (long) frame.number << 32 | state;
    }

    private void spread(int state, Frame frame) {
      if (automaton.edges()[state].length > 0) {
        meanings.put(key(state, frame), frame);
      }
      for (int target : automaton.silent()[state]) {
        push(target, frame);
      }
      int[] calls = automaton.calls()[state];
      for (int i = 0; i < calls.length; i += 2) {
        call(calls[i], calls[i + 1], frame);
      }
      if (automaton.ends()[state]) {
        end(frame);
      }
    }

    private void call(int start, int back, Frame frame) {
      if (automaton.onlyEnds(back)) {
        push(start, frame); // a call in the last place needs no frame: lists do not pile up
      } else if (automaton.cost()[back] < Automaton.NEVER) {
        push(
            start,
            frame
                .above()
                .computeIfAbsent(
                    back,
                    _ -> new Frame(back, frame, automaton.cost()[back] + frame.cost, frames++)));
      }
    }

    private void end(Frame frame) {
      switch (frame.back) {
        case BOTTOM -> accepts = true;
        case OPEN -> escapes = true;
        default -> push(frame.back, frame.below);
      }
    }

    Configuration configuration() {
      if (meanings.isEmpty() && !accepts && !escapes) {
        return dead;
      }
      long[] keys = meanings.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
      return known.computeIfAbsent(new Key(keys, accepts, escapes), _ -> create(keys));
    }

    private Configuration create(long[] keys) {
      int[] states = new int[keys.length];
      Frame[] stacks = new Frame[keys.length];
      int cost = accepts || escapes ? 0 : Automaton.NEVER;
      for (int i = 0; i < keys.length; i++) {
        states[i] = (int) keys[i];
        stacks[i] = meanings.get(keys[i]);
        cost = Math.min(cost, automaton.cost()[states[i]] + stacks[i].cost);
      }
      return new Configuration(states, stacks, accepts, escapes, classes, cost);
    }
  }
}
