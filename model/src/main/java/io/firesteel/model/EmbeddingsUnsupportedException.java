package io.firesteel.model;

/** A model, or the engine that runs it, makes no embeddings; the message says what would. */
public final class EmbeddingsUnsupportedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  EmbeddingsUnsupportedException(String message) {
    super(message);
  }
}
