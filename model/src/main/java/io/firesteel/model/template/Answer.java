package io.firesteel.model.template;

import java.util.ArrayList;
import java.util.List;

/**
 * A model's answer taken apart.
 *
 * @param content text for the user, malformed calls included, without white space around it
 * @param reasoning what the model thought, without white space around it; empty for nothing
 * @param toolCalls in their order
 * @param problems one for each malformed call
 */
public record Answer(
    String content, String reasoning, List<ToolCall> toolCalls, List<String> problems) {
  /** Copies the lists. */
  public Answer {
    toolCalls = List.copyOf(toolCalls);
    problems = List.copyOf(problems);
  }

  /** Puts the parts of an answer together. */
  public static Answer of(List<AnswerPart> parts) {
    StringBuilder content = new StringBuilder();
    StringBuilder reasoning = new StringBuilder();
    List<ToolCall> calls = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (AnswerPart part : parts) {
      switch (part) {
        case AnswerPart.Text text -> content.append(text.text());
        case AnswerPart.Reasoning thought -> reasoning.append(thought.text());
        case AnswerPart.Call call -> calls.add(call.call());
        case AnswerPart.Malformed malformed -> {
          content.append(malformed.text());
          problems.add(malformed.problem());
        }
      }
    }
    return new Answer(content.toString().strip(), reasoning.toString().strip(), calls, problems);
  }

  /** The answer as a message for the conversation to go on with. */
  public Message toMessage() {
    Message message = Message.assistant(content);
    if (!reasoning.isEmpty()) {
      message = message.withReasoning(reasoning);
    }
    return toolCalls.isEmpty() ? message : message.withToolCalls(toolCalls);
  }
}
