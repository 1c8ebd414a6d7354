package io.firesteel.model;

import io.firesteel.model.template.Message;
import io.firesteel.model.template.ToolCall;
import java.util.List;
import java.util.Optional;

/**
 * What a model's text says: its thoughts, its words and the tools it calls.
 *
 * @param content the words to the user; empty if there are only tool calls
 * @param reasoning what it thought before, if it thought aloud
 * @param toolCalls the tools it calls, in order
 */
public record Answer(String content, Optional<String> reasoning, List<ToolCall> toolCalls) {
  /** Takes an immutable copy of the list. */
  public Answer {
    toolCalls = List.copyOf(toolCalls);
  }

  /**
   * Takes a text apart. Thoughts stand between {@code <think>} and {@code </think>}, at the
   * beginning. Tool calls are those of Qwen and Hermes ({@code <tool_call>} with JSON), Qwen3-Coder
   * ({@code <tool_call>} with {@code <function=…>}), Mistral ({@code [TOOL_CALLS]}) and Llama (a
   * text that is a JSON object of {@code name} and {@code parameters} and nothing else). What looks
   * like a call and is none stays part of the content.
   *
   * @param text a whole answer
   * @param insideThought whether the template has opened a thought already
   */
  public static Answer parse(String text, boolean insideThought) {
    return AnswerParser.parse(text, insideThought);
  }

  /** The answer as a message of a conversation. */
  public Message toMessage() {
    Message message = Message.assistant(content);
    if (reasoning.isPresent()) {
      message = message.withReasoning(reasoning.get());
    }
    return toolCalls.isEmpty() ? message : message.withToolCalls(toolCalls);
  }
}
