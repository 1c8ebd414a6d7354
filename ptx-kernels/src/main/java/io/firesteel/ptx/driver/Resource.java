package io.firesteel.ptx.driver;

/**
 * Something that belongs to a context. It is released once: by its own {@code close} or by that of
 * the context, whichever comes first.
 */
abstract sealed class Resource implements AutoCloseable
    permits DeviceMemory, Event, Graph, Module, PinnedMemory, Stream {
  private final Context context;
  private boolean closed;

  Resource(Context context) {
    this.context = context;
    context.adopt(this);
  }

  /** The context that this belongs to. */
  public final Context context() {
    return context;
  }

  /** Makes the context current on this thread. */
  final void use() {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException(describe() + " is closed");
      }
    }
    context.makeCurrent();
  }

  /** Releases this; does nothing when it or its context has been closed before. */
  @Override
  public final void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    context.release(this);
  }

  /** The context is going: closes without taking this out of the context's list. */
  final int abandon() {
    synchronized (this) {
      if (closed) {
        return 0;
      }
      closed = true;
    }
    return free();
  }

  /** What this is, for messages: {@code device memory of 512 B}. */
  abstract String describe();

  /** Gives this back to the driver; the context is current. Returns the driver's code. */
  abstract int free();
}
