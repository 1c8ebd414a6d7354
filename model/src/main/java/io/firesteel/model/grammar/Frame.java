package io.firesteel.model.grammar;

import java.util.HashMap;
import java.util.Map;

/**
 * A place to return to, and those below it: a stack that shares its lower part with others. Equal
 * stacks are one object.
 */
final class Frame {
  /** State to go on in when the rule above has ended; negative for the two bottoms. */
  final int back;

  final Frame below;

  /** Fewest bytes from {@link #back} to the end of all rules below. */
  final int cost;

  /** Orders frames, so that sets of them have one form. */
  final int number;

  private final Map<Integer, Frame> above = new HashMap<>();

  Frame(int back, Frame below, int cost, int number) {
    this.back = back;
    this.below = below;
    this.cost = cost;
    this.number = number;
  }

  Map<Integer, Frame> above() {
    return above;
  }
}
