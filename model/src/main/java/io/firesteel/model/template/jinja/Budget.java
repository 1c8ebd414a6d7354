package io.firesteel.model.template.jinja;

/** What is left of a rendering's {@link Limits}. */
final class Budget {
  /** Characters that one list element counts for. */
  static final int ELEMENT = 8;

  /** Characters searched, compared or copied that count as one step. */
  private static final int CHARACTERS_PER_STEP = 16;

  private final Limits limits;
  private long steps;
  private long characters;
  private int depth;

  Budget(Limits limits) {
    this.limits = limits;
    this.steps = limits.steps();
    this.characters = limits.characters();
  }

  void step() {
    steps(1);
  }

  void steps(long count) {
    steps -= count;
    if (steps < 0) {
      throw new TemplateLimitException(
          "stopped after " + limits.steps() + " steps: the template loops too long");
    }
  }

  /** Counts a pass over so many characters. */
  void pass(long length) {
    steps(length / CHARACTERS_PER_STEP);
  }

  /** Counts characters that are about to be made. */
  void characters(long count) {
    if (count > characters) {
      throw new TemplateLimitException(
          "stopped at "
              + limits.characters()
              + " characters of text: the template makes too much of it");
    }
    characters -= count;
    pass(count);
  }

  /** Counts list elements that are about to be made. */
  void elements(long count) {
    if (count > characters / ELEMENT) {
      characters(characters + 1);
    }
    characters -= count * ELEMENT;
    steps(count);
  }

  /** Whether so many characters could be made. */
  boolean allows(long count) {
    return count <= characters;
  }

  void enter() {
    if (++depth > limits.depth()) {
      throw new TemplateLimitException(
          "stopped at "
              + limits.depth()
              + " nested expressions and calls: the template recurses too deeply");
    }
  }

  void leave() {
    depth--;
  }

  int depth() {
    return depth;
  }

  Str str(String text) {
    characters(text.length());
    return new Str(text, false);
  }

  Str str(String text, boolean markup) {
    characters(text.length());
    return new Str(text, markup);
  }
}
