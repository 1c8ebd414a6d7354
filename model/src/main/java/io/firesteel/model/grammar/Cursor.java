package io.firesteel.model.grammar;

/** A text being parsed, code point by code point. */
final class Cursor {
  static final int END = -1;

  private final String origin;
  private final int[] points;
  private int at;

  /**
   * At the beginning of a text.
   *
   * @param origin where the text stands, which errors give before line and column; may be empty
   */
  Cursor(String text, String origin) {
    this.origin = origin;
    this.points = text.codePoints().toArray();
  }

  int peek() {
    return peek(0);
  }

  int peek(int ahead) {
    return at + ahead < points.length ? points[at + ahead] : END;
  }

  int next() {
    if (at == points.length) {
      throw error("the text ends too early");
    }
    return points[at++];
  }

  boolean atEnd() {
    return at == points.length;
  }

  int position() {
    return at;
  }

  void back(int position) {
    at = position;
  }

  /** Takes a text if it is next. */
  boolean take(String text) {
    int[] wanted = text.codePoints().toArray();
    for (int i = 0; i < wanted.length; i++) {
      if (peek(i) != wanted[i]) {
        return false;
      }
    }
    at += wanted.length;
    return true;
  }

  void expect(String text) {
    if (!take(text)) {
      throw error(
          "expected '"
              + text
              + "', found "
              + (atEnd() ? "the end" : "'" + Character.toString(peek()) + "'"));
    }
  }

  /** A number of exactly so many hexadecimal digits. */
  int hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = atEnd() ? -1 : Character.digit(peek(), 16);
      if (digit < 0) {
        throw error("expected " + digits + " hexadecimal digits");
      }
      value = 16 * value + digit;
      at++;
    }
    if (value < 0 || value > Character.MAX_CODE_POINT) {
      throw error("there is no such code point");
    }
    return value;
  }

  /** A decimal number; -1 if there is none. */
  int number() {
    int begin = at;
    long value = 0;
    while (peek() >= '0' && peek() <= '9') {
      value = Math.min(Integer.MAX_VALUE, 10 * value + next() - '0');
    }
    return begin == at ? -1 : (int) value;
  }

  GrammarException error(String problem) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < at; i++) {
      boolean ends = points[i] == '\n';
      line += ends ? 1 : 0;
      column = ends ? 1 : column + 1;
    }
    String place = line + ":" + column;
    return new GrammarException(origin.isEmpty() ? place : origin + " at " + place, problem);
  }
}
