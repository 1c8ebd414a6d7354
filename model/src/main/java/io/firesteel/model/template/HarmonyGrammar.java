package io.firesteel.model.template;

import java.util.List;

/**
 * Answers in OpenAI's harmony format: messages of a header and a body, {@code
 * <|channel|>analysis<|message|>…<|end|>}. The channel {@code analysis} is reasoning; a message to
 * {@code functions.NAME} is a tool call; all else is content.
 */
final class HarmonyGrammar implements AnswerParser.Grammar {
  private static final String START = "<|start|>";
  private static final String MESSAGE = "<|message|>";
  private static final List<String> ENDS = List.of("<|end|>", "<|call|>", "<|return|>", START);
  private static final String RECIPIENT = "to=functions.";

  private Body body = Body.NONE;
  private String header = "";

  private enum Body {
    NONE,
    REASONING,
    TEXT,
    CALL
  }

  @Override
  public void read(StringBuilder pending, boolean last, List<AnswerPart> parts) {
    boolean more = true;
    while (more) {
      more = body == Body.NONE ? readHeader(pending, last, parts) : readBody(pending, last, parts);
    }
  }

  private boolean readHeader(StringBuilder pending, boolean last, List<AnswerPart> parts) {
    int end = pending.indexOf(MESSAGE);
    if (end < 0) {
      String rest = last ? AnswerParser.take(pending, pending.length()) : "";
      if (!rest.isBlank()) {
        parts.add(
            rest.contains("<|channel|>") || rest.contains(START)
                ? new AnswerPart.Malformed(rest, "a message without its " + MESSAGE)
                : new AnswerPart.Text(rest));
      }
      return false;
    }
    header = AnswerParser.take(pending, end);
    AnswerParser.take(pending, MESSAGE.length());
    if (header.contains(RECIPIENT)) {
      body = Body.CALL;
    } else {
      body = header.contains("<|channel|>analysis") ? Body.REASONING : Body.TEXT;
    }
    return true;
  }

  private boolean readBody(StringBuilder pending, boolean last, List<AnswerPart> parts) {
    int end = -1;
    String marker = "";
    for (String candidate : ENDS) {
      int place = pending.indexOf(candidate);
      if (place >= 0 && (end < 0 || place < end)) {
        end = place;
        marker = candidate;
      }
    }
    if (end < 0 && body == Body.CALL && !last) {
      return false;
    }
    int held = end >= 0 || last ? 0 : AnswerParser.heldBack(pending, ENDS);
    add(AnswerParser.take(pending, end >= 0 ? end : pending.length() - held), parts);
    if (end >= 0) {
      AnswerParser.take(pending, marker.length());
    }
    body = end >= 0 || last ? Body.NONE : body;
    return end >= 0;
  }

  private void add(String text, List<AnswerPart> parts) {
    switch (body) {
      case CALL -> parts.add(call(text));
      case REASONING -> {
        if (!text.isEmpty()) {
          parts.add(new AnswerPart.Reasoning(text));
        }
      }
      default -> {
        if (!text.isEmpty()) {
          parts.add(new AnswerPart.Text(text));
        }
      }
    }
  }

  private AnswerPart call(String json) {
    int begin = header.indexOf(RECIPIENT) + RECIPIENT.length();
    int end = begin;
    while (end < header.length()
        && header.charAt(end) != '<'
        && !Character.isWhitespace(header.charAt(end))) {
      end++;
    }
    try {
      return new AnswerPart.Call(ToolCallBodies.named(header.substring(begin, end), json));
    } catch (IllegalArgumentException e) {
      return new AnswerPart.Malformed(
          header + MESSAGE + json, "a tool call that cannot be read: " + e.getMessage());
    }
  }
}
