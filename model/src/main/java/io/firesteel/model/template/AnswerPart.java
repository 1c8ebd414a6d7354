package io.firesteel.model.template;

/** A piece of a model's answer. */
public sealed interface AnswerPart {
  /**
   * Text for the user.
   *
   * @param text never empty
   */
  record Text(String text) implements AnswerPart {}

  /**
   * Text that the model thought.
   *
   * @param text never empty
   */
  record Reasoning(String text) implements AnswerPart {}

  /**
   * A whole call of a tool.
   *
   * @param call its arguments are parsed
   */
  record Call(ToolCall call) implements AnswerPart {}

  /**
   * What begins as a tool call and is none.
   *
   * @param text all of it, as the model wrote it
   * @param problem what is wrong with it
   */
  record Malformed(String text, String problem) implements AnswerPart {}
}
