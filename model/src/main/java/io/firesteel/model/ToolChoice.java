package io.firesteel.model;

import java.util.Objects;

/** Whether the model calls tools. */
public sealed interface ToolChoice {
  /** As it likes. */
  ToolChoice AUTO = new Auto();

  /** Not at all: it does not hear of them. */
  ToolChoice NONE = new None();

  /** At least one, whichever. */
  ToolChoice REQUIRED = new Required();

  /** A call of one tool. */
  static ToolChoice named(String tool) {
    return new Named(tool);
  }

  /** As it likes. */
  record Auto() implements ToolChoice {}

  /** Not at all. */
  record None() implements ToolChoice {}

  /** At least one. */
  record Required() implements ToolChoice {}

  /**
   * One certain tool.
   *
   * @param tool its name
   */
  record Named(String tool) implements ToolChoice {
    /** Refuses null. */
    public Named {
      Objects.requireNonNull(tool, "tool");
    }
  }
}
