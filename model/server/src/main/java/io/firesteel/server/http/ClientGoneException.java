package io.firesteel.server.http;

/** The client has closed its connection, or does not read what it asked for. */
public final class ClientGoneException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ClientGoneException(String message) {
    super(message);
  }

  ClientGoneException(String message, Throwable cause) {
    super(message, cause);
  }
}
