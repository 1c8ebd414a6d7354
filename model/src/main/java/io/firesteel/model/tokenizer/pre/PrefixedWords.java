package io.firesteel.model.tokenizer.pre;

/**
 * The pattern of Llama 3, Qwen and their relatives, in which a word may take any one character
 * before it: {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}|
 * ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}.
 *
 * @param contractions whether the first alternative is there
 * @param letters what words consist of
 * @param mostDigits n
 * @param others what runs of other characters consist of
 * @param tail what may follow such a run
 * @param spaces how white space without a line break is cut
 */
record PrefixedWords(
    boolean contractions,
    Letters letters,
    int mostDigits,
    Runs.UnitTest others,
    Tail tail,
    Pass spaces)
    implements Pass {

  /** {@code \p{L}+} and its variants, after an optional character that is no line break or word. */
  @FunctionalInterface
  interface Letters {
    int match(ClassifiedText text, int at, int end);
  }

  /** What a run of punctuation takes along. */
  enum Tail {
    NOTHING,
    LINE_BREAKS,
    LINE_BREAKS_OR_SLASHES,
    ONE_LINE_BREAK_OR_SLASH
  }

  static PrefixedWords groupingDigitsBy(int mostDigits) {
    return new PrefixedWords(
        true,
        PrefixedWords::letters,
        mostDigits,
        CharacterClass::isNeitherSpaceNorWord,
        Tail.LINE_BREAKS,
        Runs::spaces);
  }

  PrefixedWords withDigits(int mostDigits) {
    return new PrefixedWords(contractions, letters, mostDigits, others, tail, spaces);
  }

  PrefixedWords withContractions(boolean contractions) {
    return new PrefixedWords(contractions, letters, mostDigits, others, tail, spaces);
  }

  PrefixedWords withLetters(Letters letters) {
    return new PrefixedWords(contractions, letters, mostDigits, others, tail, spaces);
  }

  PrefixedWords withOthers(Runs.UnitTest others) {
    return new PrefixedWords(contractions, letters, mostDigits, others, tail, spaces);
  }

  PrefixedWords withTail(Tail tail) {
    return new PrefixedWords(contractions, letters, mostDigits, others, tail, spaces);
  }

  PrefixedWords withSpaces(Pass spaces) {
    return new PrefixedWords(contractions, letters, mostDigits, others, tail, spaces);
  }

  @Override
  public int match(ClassifiedText text, int at, int end) {
    int stop = contractions ? Runs.contraction(text, at, end, true) : NO_MATCH;
    if (stop == NO_MATCH) {
      stop = letters.match(text, at, end);
    }
    if (stop == NO_MATCH) {
      stop = Runs.numbers(text, at, end, mostDigits);
    }
    if (stop == NO_MATCH) {
      stop = others(text, at, end);
    }
    if (stop == NO_MATCH) {
      stop = Runs.spacesToLineBreak(text, at, end);
    }
    return stop == NO_MATCH ? spaces.match(text, at, end) : stop;
  }

  private int others(ClassifiedText text, int at, int end) {
    int stop = Runs.blankThenRun(text, at, end, others);
    if (stop == NO_MATCH) {
      return NO_MATCH;
    }
    return switch (tail) {
      case NOTHING -> stop;
      case LINE_BREAKS -> Runs.endOfRun(text, stop, end, CharacterClass::isLineBreak);
      case LINE_BREAKS_OR_SLASHES ->
          Runs.endOfRun(text, stop, end, PrefixedWords::isLineBreakOrSlash);
      case ONE_LINE_BREAK_OR_SLASH ->
          stop < end && isLineBreakOrSlash(text.unit(stop)) ? stop + 1 : stop;
    };
  }

  private static boolean isLineBreakOrSlash(byte unit) {
    return CharacterClass.isLineBreak(unit) || unit == '/';
  }

  /** {@code [^\r\n\p{L}\p{N}]} */
  static boolean isPrefix(byte unit) {
    return !CharacterClass.isLineBreak(unit) && !CharacterClass.isLetterOrNumber(unit);
  }

  /** {@code [^\r\n\p{L}\p{N}]?\p{L}+} */
  static int letters(ClassifiedText text, int at, int end) {
    return prefixThenRun(text, at, end, CharacterClass::isLetter);
  }

  /** {@code [^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+} */
  static int lettersAndMarks(ClassifiedText text, int at, int end) {
    return prefixThenRun(text, at, end, CharacterClass::isLetterOrMark);
  }

  private static int prefixThenRun(ClassifiedText text, int at, int end, Runs.UnitTest test) {
    if (isPrefix(text.unit(at))) {
      int stop = Runs.endOfRun(text, at + 1, end, test);
      if (stop > at + 1) {
        return stop;
      }
    }
    int stop = Runs.endOfRun(text, at, end, test);
    return stop > at ? stop : NO_MATCH;
  }

  /** {@code [^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?} */
  static int lettersMarksAndContraction(ClassifiedText text, int at, int end) {
    return andContraction(text, lettersAndMarks(text, at, end), end);
  }

  /** Extends a word by a contraction that follows it. */
  static int andContraction(ClassifiedText text, int stop, int end) {
    if (stop == NO_MATCH || stop >= end) {
      return stop;
    }
    return Math.max(stop, Runs.contraction(text, stop, end, true));
  }

  /**
   * {@code [^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+}: several words with single blanks
   * between them are one.
   */
  static int phrases(ClassifiedText text, int at, int end) {
    int first = isPrefix(text.unit(at)) ? at + 1 : at;
    int stop = letterAndMarks(text, first, end);
    if (stop == NO_MATCH) {
      return NO_MATCH;
    }
    while (true) {
      int next = stop < end && text.unit(stop) == ' ' ? stop + 1 : stop;
      int further = letterAndMarks(text, next, end);
      if (further == NO_MATCH) {
        return stop;
      }
      stop = further;
    }
  }

  private static int letterAndMarks(ClassifiedText text, int at, int end) {
    return at < end && CharacterClass.isLetter(text.unit(at))
        ? Runs.endOfRun(text, at + 1, end, CharacterClass::isMark)
        : NO_MATCH;
  }

  /**
   * White space in powers of two: {@code
   * \s{512}(?!\S)|\s{256}(?!\S)|…|\s{4}(?!\S)|\s{1,2}(?!\S)|\s}.
   */
  static int spacesInPowersOfTwo(ClassifiedText text, int at, int end) {
    int stop = Runs.endOfRun(text, at, end, CharacterClass::isSpace);
    if (stop == at) {
      return NO_MATCH;
    }
    int free = stop < end ? stop - at - 1 : stop - at;
    for (int size = 512; size >= 4; size /= 2) {
      if (free >= size) {
        return at + size;
      }
    }
    return at + Math.clamp(free, 1, 2);
  }
}
