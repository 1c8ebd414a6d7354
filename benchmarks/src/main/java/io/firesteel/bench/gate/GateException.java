package io.firesteel.bench.gate;

/** Results that must not be compared; the message says why. */
public final class GateException extends Exception {
  private static final long serialVersionUID = 1;

  /** With a message that says what differs. */
  public GateException(String message) {
    super(message);
  }
}
