package io.firesteel.mcp;

/** A tool cannot do what it was asked; says why and what would help. */
public final class ToolException extends Exception {
  private static final long serialVersionUID = 1;

  ToolException(String message) {
    super(message);
  }

  ToolException(String message, Throwable cause) {
    super(message, cause);
  }
}
