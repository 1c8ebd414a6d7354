package io.firesteel.model.grammar;

/** The white space of generated JSON outside of strings. */
public enum JsonSpacing {
  /** None. */
  COMPACT,
  /**
   * One blank after each colon and comma, as Python writes it and most models have seen it. As all
   * but the values is certain, most of it is skipped ahead.
   */
  SPACED,
  /** As the model likes: a blank, or a line break with up to 20 blanks. */
  FREE
}
