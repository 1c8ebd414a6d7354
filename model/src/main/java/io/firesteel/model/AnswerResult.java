package io.firesteel.model;

import io.firesteel.model.template.Message;
import io.firesteel.model.template.ToolCall;
import java.util.List;

/**
 * A finished answer.
 *
 * @param message as the conversation goes on with it: content, thoughts and calls of tools
 * @param reason why it ended
 * @param usage tokens and times
 * @param pieces its tokens
 * @param problems one for each malformed call, which is part of the content
 */
public record AnswerResult(
    Message message, FinishReason reason, Usage usage, List<Piece> pieces, List<String> problems) {
  /** Copies the lists. */
  public AnswerResult {
    pieces = List.copyOf(pieces);
    problems = List.copyOf(problems);
  }

  /** What it says, without thoughts and calls. */
  public String text() {
    return message.text();
  }

  /** The tools it calls, in order. */
  public List<ToolCall> toolCalls() {
    return message.toolCalls();
  }
}
