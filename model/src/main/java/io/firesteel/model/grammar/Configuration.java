package io.firesteel.model.grammar;

import io.firesteel.model.sampling.TokenMask;

/**
 * Everything that a text read so far may mean: a set of states, each with its stack. What may come
 * next is found once and kept.
 */
final class Configuration {
  final int[] states;
  final Frame[] frames;

  /** Whether the text may end here. */
  final boolean accepts;

  /** Whether the rule at the bottom, of which the caller is not known, may end here. */
  final boolean escapes;

  /** Following configurations by class of bytes; null where not known yet. */
  final Configuration[] next;

  /** Fewest bytes to the end of the text. */
  final int cost;

  TokenMask mask;
  LocalMask local;

  /** The only byte that may follow; {@link #UNKNOWN} or {@link #SEVERAL}. */
  int forced = UNKNOWN;

  static final int UNKNOWN = -2;
  static final int SEVERAL = -1;

  Configuration(
      int[] states, Frame[] frames, boolean accepts, boolean escapes, int classes, int cost) {
    this.states = states;
    this.frames = frames;
    this.accepts = accepts;
    this.escapes = escapes;
    this.next = new Configuration[classes];
    this.cost = cost;
  }

  boolean isDead() {
    return states.length == 0 && !accepts && !escapes;
  }

  /** The frame that all states stand on; null if they stand on several. */
  Frame onlyFrame() {
    for (Frame frame : frames) {
      if (frame != frames[0]) {
        return null;
      }
    }
    return frames.length == 0 ? null : frames[0];
  }
}
