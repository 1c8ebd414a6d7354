package io.firesteel.ptx.sim;

/** A kernel does what it must not; the message names kernel, block, thread and line. */
public final class SimFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  SimFault(String message) {
    super(message);
  }
}
