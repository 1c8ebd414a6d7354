package io.firesteel.model;

import io.firesteel.model.template.ToolCall;
import java.util.List;

/** What happens while an answer is generated. */
public sealed interface AnswerEvent {
  /**
   * Text for the user.
   *
   * @param text never empty
   * @param pieces the tokens since the event before
   */
  record Text(String text, List<Piece> pieces) implements AnswerEvent {}

  /**
   * Text that the model thought.
   *
   * @param text never empty
   * @param pieces the tokens since the event before
   */
  record Thinking(String text, List<Piece> pieces) implements AnswerEvent {}

  /**
   * A call of a tool, whole.
   *
   * @param index of the calls of this answer, from 0
   * @param call has an id, and its arguments are parsed
   */
  record Call(int index, ToolCall call) implements AnswerEvent {}

  /**
   * What begins as a call and is none: cut off, or not as the format wants it.
   *
   * @param text all of it, as the model wrote it
   * @param problem what is wrong with it
   */
  record Malformed(String text, String problem) implements AnswerEvent {}

  /** The end; always last. */
  record End(FinishReason reason, Usage usage) implements AnswerEvent {}
}
