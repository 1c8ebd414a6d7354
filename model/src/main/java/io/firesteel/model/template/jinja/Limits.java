package io.firesteel.model.template.jinja;

/**
 * What one rendering may use. A template that asks for more ends in a {@link
 * TemplateLimitException}.
 *
 * @param steps expressions and statements evaluated, loop passes and the like; a step takes some 20
 *     to 100 ns
 * @param characters characters of all strings made on the way, output included; an element of a
 *     list counts as 8. Bounds the memory: at most 2 bytes a character
 * @param depth expressions, statements and macro calls open at once
 */
public record Limits(long steps, long characters, int depth) {
  /**
   * Far above what a conversation of a million tokens takes; a hostile template ends in a second or
   * two.
   */
  public static final Limits DEFAULT = new Limits(20_000_000, 128L << 20, 1000);

  /** Refuses limits that are not positive. */
  public Limits {
    if (steps <= 0 || characters <= 0 || depth <= 0) {
      throw new IllegalArgumentException(
          "limits must be positive: steps "
              + steps
              + ", characters "
              + characters
              + ", depth "
              + depth);
    }
  }
}
