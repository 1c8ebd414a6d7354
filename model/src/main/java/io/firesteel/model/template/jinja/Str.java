package io.firesteel.model.template.jinja;

/**
 * A string. Lengths and indices count code points, as in Python.
 *
 * @param text the characters
 * @param markup marked as safe HTML by {@code safe} or {@code escape}: what is then added to it is
 *     escaped
 */
record Str(String text, boolean markup) implements Value {
  static final Str EMPTY = of("");

  static Str of(String text) {
    return new Str(text, false);
  }

  /** Length in code points. */
  int length() {
    return text.codePointCount(0, text.length());
  }

  @Override
  public boolean truthy() {
    return !text.isEmpty();
  }

  @Override
  public String typeName() {
    return markup ? "Markup" : "str";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Str s && text.equals(s.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
