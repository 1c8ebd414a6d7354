package io.firesteel.model.tokenizer.pre;

import static io.firesteel.model.tokenizer.pre.Pass.NO_MATCH;

/** The alternatives that the published word patterns have in common. */
final class Runs {

  @FunctionalInterface
  interface UnitTest {
    boolean accepts(byte unit);
  }

  private Runs() {}

  /** End of the longest run from {@code at} that a test accepts; {@code at} itself if empty. */
  static int endOfRun(ClassifiedText text, int at, int end, UnitTest test) {
    int i = at;
    while (i < end && test.accepts(text.unit(i))) {
      i++;
    }
    return i;
  }

  /** {@code 's|'t|'re|'ve|'m|'ll|'d}. */
  static int contraction(ClassifiedText text, int at, int end, boolean anyCase) {
    if (text.unit(at) != '\'' || at + 1 >= end) {
      return NO_MATCH;
    }
    int first = fold(text.unit(at + 1), anyCase);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return at + 2;
    }
    if (at + 2 >= end) {
      return NO_MATCH;
    }
    int second = fold(text.unit(at + 2), anyCase);
    boolean matches =
        (first == 'r' && second == 'e')
            || (first == 'v' && second == 'e')
            || (first == 'l' && second == 'l');
    return matches ? at + 3 : NO_MATCH;
  }

  private static int fold(byte unit, boolean anyCase) {
    return anyCase && CharacterClass.isAsciiUpper(unit) ? unit + ('a' - 'A') : unit;
  }

  /** {@code \p{N}{1,most}}. */
  static int numbers(ClassifiedText text, int at, int end, int most) {
    int limit = Math.min(end, (int) Math.min((long) at + most, Integer.MAX_VALUE));
    int stop = endOfRun(text, at, limit, CharacterClass::isNumber);
    return stop > at ? stop : NO_MATCH;
  }

  /** {@code ?[test]+}, that is, a run of the test after at most one blank. */
  static int blankThenRun(ClassifiedText text, int at, int end, UnitTest test) {
    int first = text.unit(at) == ' ' ? at + 1 : at;
    int stop = endOfRun(text, first, end, test);
    return stop > first ? stop : NO_MATCH;
  }

  /** {@code \s?[test]+}. */
  static int spaceThenRun(ClassifiedText text, int at, int end, UnitTest test) {
    int first = CharacterClass.isSpace(text.unit(at)) ? at + 1 : at;
    int stop = endOfRun(text, first, end, test);
    return stop > first ? stop : NO_MATCH;
  }

  /** {@code \s*[\r\n]+}: white space up to and including its last line break. */
  static int spacesToLineBreak(ClassifiedText text, int at, int end) {
    int last = NO_MATCH;
    for (int i = at; i < end && CharacterClass.isSpace(text.unit(i)); i++) {
      if (CharacterClass.isLineBreak(text.unit(i))) {
        last = i + 1;
      }
    }
    return last;
  }

  /** {@code \s+(?!\S)|\s+}: a run of white space, without its last if text follows. */
  static int spaces(ClassifiedText text, int at, int end) {
    int stop = endOfRun(text, at, end, CharacterClass::isSpace);
    if (stop == at) {
      return NO_MATCH;
    }
    return stop < end && stop - at > 1 ? stop - 1 : stop;
  }
}
