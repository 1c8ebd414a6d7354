package io.firesteel.tornado.device;

/**
 * A change to one place of a kernel.
 *
 * @param kind what is changed
 * @param className binary name of the class
 * @param method name of the method
 * @param line line of the source
 * @param number counts the places of this kind in the class
 */
record Mutant(Kind kind, String className, String method, int line, int number) {
  /** What is changed. */
  enum Kind {
    /** A barrier is left out. */
    BARRIER("barrier removed"),
    /** An index of an array is one more. */
    INDEX("index shifted"),
    /** A comparison of integers that guards a block always holds. */
    BOUNDS("bounds check dropped");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  @Override
  public String toString() {
    String simple = className.substring(className.lastIndexOf('.') + 1);
    return "%s: %s.%s, line %d".formatted(kind.text, simple, method, line);
  }
}
