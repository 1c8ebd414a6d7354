package io.firesteel.model.grammar;

import io.firesteel.model.sampling.TokenMask;
import io.firesteel.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Goes through a grammar by tokens at random, and home on the shortest way after some. */
final class RandomWalk {
  private final Tokenizer tokenizer;
  private final TokenCutter cutter;

  RandomWalk(Tokenizer tokenizer, int vocabulary) {
    this.tokenizer = tokenizer;
    this.cutter = new TokenCutter(tokenizer, new TokenTrie(tokenizer, vocabulary));
  }

  TokenCutter cutter() {
    return cutter;
  }

  /** A text that the grammar lets through. */
  String text(Grammar grammar, SplittableRandom random, int steps) {
    GrammarMatcher matcher = grammar.matcher(cutter.trie());
    List<Integer> tokens = new ArrayList<>();
    for (int i = 0; i < steps && !matcher.mustEnd(); i++) {
      int[] forced = matcher.forced(cutter);
      if (forced.length > 0) {
        for (int token : forced) {
          accept(matcher, token, tokens);
        }
        continue;
      }
      TokenMask allowed = matcher.allowed();
      int[] ids =
          java.util.stream.IntStream.range(0, allowed.vocabulary())
              .filter(allowed::allows)
              .toArray();
      if (ids.length == 0) {
        throw new AssertionError("no token fits after " + decode(tokens));
      }
      int token = ids[random.nextInt(ids.length)];
      if (tokenizer.isEndOfGeneration(token)) {
        return decode(tokens);
      }
      accept(matcher, token, tokens);
    }
    for (int token : matcher.shortestEnd(cutter)) {
      accept(matcher, token, tokens);
    }
    if (!matcher.mayEnd()) {
      throw new AssertionError("not at an end after " + decode(tokens));
    }
    return decode(tokens);
  }

  private void accept(GrammarMatcher matcher, int token, List<Integer> tokens) {
    boolean masked = matcher.allowed().allows(token);
    if (!masked || !matcher.accept(token)) {
      throw new AssertionError(
          "token '%s' does not fit after '%s'"
              .formatted(tokenizer.tokenText(token), decode(tokens)));
    }
    tokens.add(token);
  }

  private String decode(List<Integer> tokens) {
    return tokenizer.decode(tokens.stream().mapToInt(Integer::intValue).toArray(), false, true);
  }
}
