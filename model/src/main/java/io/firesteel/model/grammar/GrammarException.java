package io.firesteel.model.grammar;

/** A grammar, expression or schema that cannot be used; the message says where and why. */
public final class GrammarException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String place;

  /**
   * A problem at a place.
   *
   * @param place a JSON pointer such as {@code #/properties/age}, or {@code line:column}
   * @param problem what is wrong there, and what would help
   */
  public GrammarException(String place, String problem) {
    super(place + ": " + problem);
    this.place = place;
  }

  /** Where: a JSON pointer into the schema, or {@code line:column} of a text. */
  public String place() {
    return place;
  }
}
