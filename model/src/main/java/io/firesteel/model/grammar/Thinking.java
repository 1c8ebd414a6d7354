package io.firesteel.model.grammar;

/** Whether thoughts stand before what a grammar describes. */
public enum Thinking {
  /** None. */
  NONE,
  /** The model may begin with a thought between {@code <think>} and {@code </think>}. */
  POSSIBLE,
  /** The prompt has opened a thought already. */
  OPEN;

  /** What the thoughts look like, with the line breaks after them. */
  Expr prefix() {
    Expr rest =
        Expr.sequence(new Expr.Until("</think>"), new Expr.Repeat(new Expr.Text("\n"), 0, 2));
    return switch (this) {
      case NONE -> Expr.EMPTY;
      case POSSIBLE -> Expr.optional(Expr.sequence(new Expr.Marker("<think>"), rest));
      case OPEN -> rest;
    };
  }
}
