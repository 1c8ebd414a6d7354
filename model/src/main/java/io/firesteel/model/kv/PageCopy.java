package io.firesteel.model.kv;

/**
 * A page that must be copied before a sequence may write to it, because others share the original.
 * The original stays reserved until {@link #close}, which must follow the copy.
 */
public final class PageCopy implements AutoCloseable {
  private final PagePool pool;
  private final int from;
  private final int to;
  private boolean closed;

  PageCopy(PagePool pool, int from, int to) {
    this.pool = pool;
    this.from = from;
    this.to = to;
  }

  /** The page to copy. */
  public int from() {
    return from;
  }

  /** The page to copy it to. */
  public int to() {
    return to;
  }

  /** Gives the original back: the copy has been made, or will not be. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      pool.release(from);
    }
  }
}
