package io.firesteel.model.tokenizer.pre;

/**
 * DeepSeek-V3's word pattern: {@code [ASCII punctuation][A-Za-z]+|
 * [^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}.
 *
 * @param lineBreaks LINES as above; SINGLE has {@code [\r\n]} in place of {@code \s*[\r\n]+} and no
 *     line breaks after punctuation
 */
record PunctuatedWords(LineBreaks lineBreaks) implements Pass {

  enum LineBreaks {
    LINES,
    SINGLE
  }

  @Override
  public int match(ClassifiedText text, int at, int end) {
    int stop = punctuatedAsciiWord(text, at, end);
    if (stop == NO_MATCH) {
      stop = prefixedWord(text, at, end);
    }
    if (stop == NO_MATCH) {
      stop = punctuation(text, at, end);
    }
    if (stop == NO_MATCH) {
      stop = lineBreaks(text, at, end);
    }
    return stop == NO_MATCH ? Runs.spaces(text, at, end) : stop;
  }

  private static int punctuatedAsciiWord(ClassifiedText text, int at, int end) {
    if (!isAsciiPunctuation(text.unit(at))) {
      return NO_MATCH;
    }
    int stop = Runs.endOfRun(text, at + 1, end, CharacterClass::isAsciiLetter);
    return stop > at + 1 ? stop : NO_MATCH;
  }

  private static boolean isAsciiPunctuation(byte unit) {
    return unit > ' '
        && unit < 0x7F
        && !CharacterClass.isAsciiLetter(unit)
        && !CharacterClass.isAsciiDigit(unit);
  }

  private static int prefixedWord(ClassifiedText text, int at, int end) {
    if (isPrefix(text.unit(at))) {
      int stop = Runs.endOfRun(text, at + 1, end, CharacterClass::isLetterOrMark);
      if (stop > at + 1) {
        return stop;
      }
    }
    int stop = Runs.endOfRun(text, at, end, CharacterClass::isLetterOrMark);
    return stop > at ? stop : NO_MATCH;
  }

  private static boolean isPrefix(byte unit) {
    return !CharacterClass.isLineBreak(unit)
        && !CharacterClass.isLetter(unit)
        && !CharacterClass.isPunctuationOrSymbol(unit);
  }

  private int punctuation(ClassifiedText text, int at, int end) {
    int stop = Runs.blankThenRun(text, at, end, CharacterClass::isPunctuationOrSymbol);
    if (stop == NO_MATCH || lineBreaks == LineBreaks.SINGLE) {
      return stop;
    }
    return Runs.endOfRun(text, stop, end, CharacterClass::isLineBreak);
  }

  private int lineBreaks(ClassifiedText text, int at, int end) {
    return switch (lineBreaks) {
      case LINES -> Runs.spacesToLineBreak(text, at, end);
      case SINGLE -> CharacterClass.isLineBreak(text.unit(at)) ? at + 1 : NO_MATCH;
    };
  }
}
