package io.firesteel.model.sampling;

/** Logits from which no token can be drawn: NaN, positive infinity, or no finite value at all. */
public final class InvalidLogitsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InvalidLogitsException(String message) {
    super(message);
  }
}
