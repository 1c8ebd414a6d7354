package io.firesteel.model;

/** A session has no positions left for the tokens asked for; nothing was changed. */
public final class ContextFullException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int requested;
  private final int available;

  ContextFullException(int requested, int length, int contextLength) {
    super(
        ("the session's context of %,d tokens holds %,d and has no room for %,d more: rewind or"
                + " shorten the conversation, or open the model with a longer context")
            .formatted(contextLength, length, requested));
    this.requested = requested;
    this.available = contextLength - length;
  }

  /** Tokens that were to be appended. */
  public int requested() {
    return requested;
  }

  /** Tokens that would have fitted. */
  public int available() {
    return available;
  }
}
