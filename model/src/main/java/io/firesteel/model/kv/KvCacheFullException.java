package io.firesteel.model.kv;

/** The KV cache has no room for the tokens asked for; nothing was changed. */
public final class KvCacheFullException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int requested;
  private final int available;

  KvCacheFullException(int requested, int available, int usedPages, int pages, int pageTokens) {
    super(
        ("the KV cache has no room for %,d more tokens, %,d would fit (%,d of %,d pages of %d"
                + " tokens are in use): close or rewind sessions, shorten the prompt, or open the"
                + " model with a larger cache")
            .formatted(requested, available, usedPages, pages, pageTokens));
    this.requested = requested;
    this.available = available;
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
