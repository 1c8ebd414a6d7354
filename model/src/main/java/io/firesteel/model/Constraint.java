package io.firesteel.model;

import io.firesteel.model.grammar.Grammar;
import io.firesteel.model.grammar.GrammarException;
import io.firesteel.model.grammar.GrammarMatcher;
import io.firesteel.model.grammar.TokenCutter;
import io.firesteel.model.sampling.TokenMask;

/**
 * Holds one answer to its grammar. It sees to it that the answer can always be closed with the
 * tokens that are left: a token after which it could not is taken back, and the shortest end is
 * written instead.
 */
final class Constraint {
  private final GrammarMatcher matcher;
  private final TokenCutter cutter;

  Constraint(Grammar grammar, TokenCutter cutter) {
    this.matcher = grammar.matcher(cutter.trie());
    this.cutter = cutter;
  }

  /**
   * Refuses a limit that no answer can keep.
   *
   * @param room number of tokens that the answer may have
   */
  void requireRoom(int room) {
    if (!closesWithin(matcher, room)) {
      throw new GrammarException(
          "maxTokens",
          "the shortest answer that the grammar allows has %,d tokens, but there is room for %,d: raise maxTokens or shorten the prompt"
              .formatted(matcher.shortestEnd(cutter).length, room));
    }
  }

  private boolean closesWithin(GrammarMatcher at, int room) {
    return at.shortestEndBytes() <= room || at.shortestEnd(cutter).length <= room;
  }

  TokenMask allowed() {
    return matcher.allowed();
  }

  boolean mustEnd() {
    return matcher.mustEnd();
  }

  /**
   * Goes on by a drawn token.
   *
   * @param room number of tokens that may follow it
   * @return whether the answer can still be closed; if not, nothing is changed
   */
  boolean accept(int token, int room) {
    GrammarMatcher before = matcher.copy();
    if (!matcher.accept(token)) {
      throw new IllegalStateException("token " + token + " does not fit the grammar");
    }
    if (closesWithin(matcher, room)) {
      return true;
    }
    matcher.back(before);
    return false;
  }

  /** Goes on by the tokens that must follow, as many as fit, and returns them. */
  int[] forced(int room) {
    int[] tokens = matcher.forced(cutter);
    GrammarMatcher after = matcher.copy();
    for (int token : tokens) {
      after.accept(token);
    }
    if (tokens.length == 0 || tokens.length > room || !closesWithin(after, room - tokens.length)) {
      return new int[0];
    }
    matcher.back(after);
    return tokens;
  }

  /** Goes to the end on the shortest way, and returns its tokens. */
  int[] close() {
    int[] tokens = matcher.shortestEnd(cutter);
    for (int token : tokens) {
      matcher.accept(token);
    }
    return tokens;
  }
}
