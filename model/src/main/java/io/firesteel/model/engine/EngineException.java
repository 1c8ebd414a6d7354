package io.firesteel.model.engine;

import java.io.IOException;

/**
 * An engine could not be opened or has failed; the message says what happened and what would help.
 */
public class EngineException extends IOException {
  private static final long serialVersionUID = 1;

  /** With a message that ends in a remedy. */
  public EngineException(String message) {
    super(message);
  }

  /** With a message that ends in a remedy, and the failure behind it. */
  public EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
