package io.firesteel.model.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Answers of Llama 3: text, or from the first character on JSON objects of {@code name} and {@code
 * parameters}. An object that is no call is text.
 */
final class LlamaGrammar implements AnswerParser.Grammar {
  private static final String TAG = "<|python_tag|>";

  private enum State {
    BEGINNING,
    TEXT,
    CALLS
  }

  private State state = State.BEGINNING;

  @Override
  public void read(StringBuilder pending, boolean last, List<AnswerPart> parts) {
    if (state == State.BEGINNING) {
      state = begin(pending.toString().stripLeading(), last);
    }
    if (state == State.TEXT && !pending.isEmpty()) {
      parts.add(new AnswerPart.Text(AnswerParser.take(pending, pending.length())));
    }
    if (state == State.CALLS && last) {
      calls(AnswerParser.take(pending, pending.length()), parts);
    }
  }

  private static State begin(String text, boolean last) {
    if (text.startsWith("{") || text.startsWith(TAG)) {
      return State.CALLS;
    }
    boolean open = text.isEmpty() || TAG.startsWith(text);
    return open && !last ? State.BEGINNING : State.TEXT;
  }

  private static void calls(String text, List<AnswerPart> parts) {
    String trimmed = text.strip();
    boolean tagged = trimmed.startsWith(TAG);
    String body = tagged ? trimmed.substring(TAG.length()) : trimmed;
    try {
      List<ToolCall> calls = new ArrayList<>();
      for (String one : body.split("(?<=\\})\\s*;\\s*(?=\\{)")) {
        calls.addAll(ToolCallBodies.json(one));
      }
      calls.forEach(call -> parts.add(new AnswerPart.Call(call)));
    } catch (IllegalArgumentException e) {
      parts.add(
          tagged
              ? new AnswerPart.Malformed(text, "a tool call that cannot be read: " + e.getMessage())
              : new AnswerPart.Text(text));
    }
  }
}
