package io.firesteel.model.grammar;

/** A part of a schema that no value can satisfy; harmless where the part may be left out. */
final class Unsatisfiable extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String place;
  private final String reason;

  Unsatisfiable(String place, String reason) {
    super(place + ": " + reason, null, false, false);
    this.place = place;
    this.reason = reason;
  }

  GrammarException asError() {
    return new GrammarException(place, "no value can satisfy this: " + reason);
  }
}
