package io.firesteel.model.template;

import java.util.List;

/** Answers with {@code <think>} around reasoning and a marker before each tool call. */
final class TaggedGrammar implements AnswerParser.Grammar {
  private static final String THINK = "<think>";
  private static final String THINK_END = "</think>";

  private final String open;

  /** What ends a call; null where the next marker or the end of the answer does. */
  private final String close;

  private final ToolCallFormat format;
  private final ToolCallBodies bodies;
  private State state;

  private enum State {
    TEXT,
    REASONING,
    CALL
  }

  TaggedGrammar(ToolCallFormat format, boolean thinking, List<Tool> tools) {
    this.bodies = new ToolCallBodies(new ToolSchemas(tools));
    this.format = format;
    this.state = thinking ? State.REASONING : State.TEXT;
    this.open =
        switch (format) {
          case MISTRAL -> "[TOOL_CALLS]";
          case GRANITE -> "<|tool_call|>";
          default -> "<tool_call>";
        };
    this.close = format == ToolCallFormat.TAGS ? "</tool_call>" : null;
  }

  /** What a call begins with. */
  String marker() {
    return open;
  }

  @Override
  public void read(StringBuilder pending, boolean last, List<AnswerPart> parts) {
    boolean more = true;
    while (more) {
      more =
          switch (state) {
            case TEXT -> readText(pending, last, parts);
            case REASONING -> readReasoning(pending, last, parts);
            case CALL -> readCall(pending, last, parts);
          };
    }
  }

  private boolean readText(StringBuilder pending, boolean last, List<AnswerPart> parts) {
    int think = pending.indexOf(THINK);
    int call = pending.indexOf(open);
    if (think < 0 && call < 0) {
      int held = last ? 0 : AnswerParser.heldBack(pending, List.of(THINK, open));
      text(AnswerParser.take(pending, pending.length() - held), parts);
      return false;
    }
    boolean thinks = think >= 0 && (call < 0 || think < call);
    text(AnswerParser.take(pending, thinks ? think : call), parts);
    AnswerParser.take(pending, thinks ? THINK.length() : open.length());
    state = thinks ? State.REASONING : State.CALL;
    return true;
  }

  private static void text(String text, List<AnswerPart> parts) {
    if (!text.isEmpty()) {
      parts.add(new AnswerPart.Text(text));
    }
  }

  private boolean readReasoning(StringBuilder pending, boolean last, List<AnswerPart> parts) {
    int end = pending.indexOf(THINK_END);
    int held = last || end >= 0 ? 0 : AnswerParser.heldBack(pending, List.of(THINK_END));
    String thought = AnswerParser.take(pending, end >= 0 ? end : pending.length() - held);
    if (!thought.isEmpty()) {
      parts.add(new AnswerPart.Reasoning(thought));
    }
    if (end < 0) {
      return false;
    }
    AnswerParser.take(pending, THINK_END.length());
    state = State.TEXT;
    return true;
  }

  private boolean readCall(StringBuilder pending, boolean last, List<AnswerPart> parts) {
    int end = pending.indexOf(close == null ? open : close);
    if (end < 0 && !last) {
      return false;
    }
    String body = AnswerParser.take(pending, end < 0 ? pending.length() : end);
    String closing = end >= 0 && close != null ? AnswerParser.take(pending, close.length()) : "";
    if (end >= 0 && close == null) {
      AnswerParser.take(pending, open.length());
    } else {
      state = State.TEXT;
    }
    if (end < 0 && close != null) {
      parts.add(new AnswerPart.Malformed(open + body, "a tool call without its end " + close));
    } else {
      calls(body, closing, parts);
    }
    return true;
  }

  private void calls(String body, String closing, List<AnswerPart> parts) {
    try {
      List<ToolCall> calls =
          switch (format) {
            case MISTRAL -> ToolCallBodies.mistral(body);
            case GRANITE -> ToolCallBodies.json(body.strip());
            default -> bodies.tagged(body);
          };
      calls.forEach(call -> parts.add(new AnswerPart.Call(call)));
    } catch (IllegalArgumentException e) {
      parts.add(
          new AnswerPart.Malformed(
              open + body + closing, "a tool call that cannot be read: " + e.getMessage()));
    }
  }
}
