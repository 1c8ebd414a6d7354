package io.firesteel.model.tokenizer.pre;

/**
 * One pattern of a pre-tokeniser. It cuts a segment of text at every match, as a regular expression
 * search would find them: leftmost first, alternatives in order; what lies between two matches is a
 * piece too. The next pass cuts the pieces further.
 */
@FunctionalInterface
interface Pass {

  int NO_MATCH = -1;

  /**
   * Matches at one position.
   *
   * @param text the text
   * @param at where the match begins, below {@code end}
   * @param end end of the segment; nothing beyond it is looked at
   * @return the end of the match, above {@code at}, or {@link #NO_MATCH}
   */
  int match(ClassifiedText text, int at, int end);

  /** Where to look for the next match after none at {@code at}, so that a search stays linear. */
  default int resume(ClassifiedText text, int at, int end) {
    return at + 1;
  }
}
