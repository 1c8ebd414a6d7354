package io.firesteel.model;

/**
 * A state of a session to which it can go back. Holds no memory: it stays good as long as the
 * session begins with the tokens that it had then. To keep two continuations, fork the session.
 */
public final class Checkpoint {
  private final int length;
  private final long hash;

  Checkpoint(int length, long hash) {
    this.length = length;
    this.hash = hash;
  }

  /** Number of tokens of the session at that time. */
  public int length() {
    return length;
  }

  long hash() {
    return hash;
  }
}
