package io.firesteel.model.tokenizer.pre;

/**
 * Kimi K2's pattern: runs of Han characters apart; words of other letters after an optional
 * character, with a contraction; numbers by threes; the rest as {@link PrefixedWords} has it.
 */
final class KimiWords implements Pass {

  private static final CodePointSet HAN =
      CodePointSet.of(
          "\u4E00-\u9FFF\u3400-\u4DBF\uF900-\uFAFF"
              + ideographs(0x20000, 0x2A6DF)
              + ideographs(0x2A700, 0x2EBEF)
              + ideographs(0x2F800, 0x2FA1F));

  /** Unlike its relatives this pattern has no alternative for a contraction by itself. */
  private final PrefixedWords rest =
      PrefixedWords.groupingDigitsBy(3).withContractions(false).withLetters(KimiWords::letters);

  private final Pass han = HAN.run();

  @Override
  public int match(ClassifiedText text, int at, int end) {
    int stop = han.match(text, at, end);
    return stop == NO_MATCH ? rest.match(text, at, end) : stop;
  }

  private static int letters(ClassifiedText text, int at, int end) {
    int first = PrefixedWords.isPrefix(text.unit(at)) ? at + 1 : at;
    int stop = first;
    while (stop < end
        && CharacterClass.isLetter(text.unit(stop))
        && !HAN.contains(text.codePoint(stop))) {
      stop++;
    }
    return stop > first ? PrefixedWords.andContraction(text, stop, end) : NO_MATCH;
  }

  private static String ideographs(int first, int last) {
    return Character.toString(first) + '-' + Character.toString(last);
  }
}
