package io.firesteel.model.tokenizer.pre;

/**
 * Words that break before a capital: {@code [^\r\n\p{L}\p{N}]?U*W+|[^\r\n\p{L}\p{N}]?U+W*}, where U
 * is a letter other than a–z and W one other than A–Z. (The published patterns distinguish upper
 * and lower case of all scripts; vocabularies in GGUF files are cut with ASCII case alone.)
 *
 * @param letter what counts as a letter
 * @param contraction whether a contraction may end the word
 */
record CasedWords(Runs.UnitTest letter, boolean contraction) implements PrefixedWords.Letters {

  @Override
  public int match(ClassifiedText text, int at, int end) {
    int stop = Pass.NO_MATCH;
    if (PrefixedWords.isPrefix(text.unit(at))) {
      stop = lowerEnding(text, at + 1, end);
    }
    if (stop == Pass.NO_MATCH) {
      stop = lowerEnding(text, at, end);
    }
    if (stop == Pass.NO_MATCH && PrefixedWords.isPrefix(text.unit(at))) {
      stop = upperOnly(text, at + 1, end);
    }
    if (stop == Pass.NO_MATCH) {
      stop = upperOnly(text, at, end);
    }
    return contraction ? PrefixedWords.andContraction(text, stop, end) : stop;
  }

  /** {@code U*W+}, backing up from the end of U* to the last letter that is also a W. */
  private int lowerEnding(ClassifiedText text, int at, int end) {
    int upper = Runs.endOfRun(text, at, end, this::isUpper);
    if (upper < end && isLower(text.unit(upper))) {
      return Runs.endOfRun(text, upper, end, this::isLower);
    }
    for (int i = upper - 1; i >= at; i--) {
      if (isLower(text.unit(i))) {
        return i + 1;
      }
    }
    return Pass.NO_MATCH;
  }

  /** {@code U+W*} where {@code U*W+} has failed, so that no W follows. */
  private int upperOnly(ClassifiedText text, int at, int end) {
    int upper = Runs.endOfRun(text, at, end, this::isUpper);
    return upper > at ? upper : Pass.NO_MATCH;
  }

  private boolean isUpper(byte unit) {
    return letter.accepts(unit) && !CharacterClass.isAsciiLower(unit);
  }

  private boolean isLower(byte unit) {
    return letter.accepts(unit) && !CharacterClass.isAsciiUpper(unit);
  }
}
