package io.firesteel.model.tokenizer.pre;

/** Passes that group digits. */
final class Digits {

  private Digits() {}

  /** {@code \p{N}{1,most}}. */
  static Pass numbers(int most) {
    return (text, at, end) -> Runs.numbers(text, at, end, most);
  }

  /** {@code [0-9][0-9][0-9]}. */
  static int three(ClassifiedText text, int at, int end) {
    if (end - at < 3) {
      return Pass.NO_MATCH;
    }
    int stop = Runs.endOfRun(text, at, at + 3, CharacterClass::isAsciiDigit);
    return stop == at + 3 ? stop : Pass.NO_MATCH;
  }

  /**
   * Threes counted from the end of the number; what precedes a number goes with its first group.
   */
  static int threesFromTheEndWithLead(ClassifiedText text, int at, int end) {
    int number = Runs.endOfRun(text, at, end, unit -> !CharacterClass.isNumber(unit));
    int stop = Runs.endOfRun(text, number, end, CharacterClass::isNumber);
    if (stop == number) {
      return end;
    }
    int first = (stop - number) % 3;
    return number + (first == 0 ? 3 : first);
  }
}
