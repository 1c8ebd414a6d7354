package io.firesteel.model.grammar;

import java.util.List;

/** A grammar's right-hand side: what the front ends produce and the automaton is built from. */
sealed interface Expr {
  /** Nothing. */
  Expr EMPTY = new Sequence(List.of());

  /** One code point of a set; none if the set is empty. */
  record Chars(CodePoints set) implements Expr {}

  /** A text as it stands. */
  record Text(String text) implements Expr {}

  /** A text that may be spelled out or be one control token. */
  record Marker(String text) implements Expr {}

  /** One after the other. */
  record Sequence(List<Expr> parts) implements Expr {}

  /** One of several; nothing matches an empty list. */
  record Choice(List<Expr> options) implements Expr {}

  /**
   * A body several times.
   *
   * @param max largest count, or {@link #UNBOUNDED}
   */
  record Repeat(Expr body, int min, int max) implements Expr {}

  /** A rule by its name. */
  record Rule(String name) implements Expr {}

  /** What a finite automaton over code points accepts, as it stands or within a JSON string. */
  record Machine(CharAutomaton automaton, boolean inJsonString) implements Expr {}

  /** All text up to and with the first occurrence of a marker, which may be a control token. */
  record Until(String marker) implements Expr {}

  /** Any text in which a marker does not occur. */
  record Without(String marker) implements Expr {}

  /** No upper limit of a {@link Repeat}. */
  int UNBOUNDED = -1;

  static Expr sequence(Expr... parts) {
    return new Sequence(List.of(parts));
  }

  static Expr choice(Expr... options) {
    return new Choice(List.of(options));
  }

  static Expr optional(Expr body) {
    return new Repeat(body, 0, 1);
  }

  static Expr many(Expr body) {
    return new Repeat(body, 0, UNBOUNDED);
  }
}
