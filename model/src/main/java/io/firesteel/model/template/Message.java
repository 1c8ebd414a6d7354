package io.firesteel.model.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;

/**
 * One message of a conversation.
 *
 * <p>Templates look at which fields there are and at their order, so a message is its JSON object;
 * the fields that all models share have accessors.
 *
 * @param fields {@code role}, and as needed {@code content}, {@code name}, {@code
 *     reasoning_content}, {@code tool_calls}, {@code tool_call_id} and whatever else a template
 *     knows; values are null, Boolean, Number, String, List and Map
 */
public record Message(SequencedMap<String, Object> fields) {
  /** Copies the fields; refuses a message without a role. */
  public Message {
    fields = Json.object(fields);
    if (!(fields.get("role") instanceof String)) {
      throw new IllegalArgumentException(
          "a message needs a 'role' such as system, user, assistant or tool; it has "
              + fields.keySet());
    }
  }

  /** A message of plain text. */
  public static Message of(String role, String text) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("role", role);
    fields.put("content", text);
    return new Message(fields);
  }

  /** Instructions for the whole conversation. */
  public static Message system(String text) {
    return of("system", text);
  }

  /** What the user says. */
  public static Message user(String text) {
    return of("user", text);
  }

  /** What the model says. */
  public static Message assistant(String text) {
    return of("assistant", text);
  }

  /** The result of a tool call. */
  public static Message tool(String toolCallId, String name, String result) {
    Message message = of("tool", result).with("name", name);
    return toolCallId == null ? message : message.with("tool_call_id", toolCallId);
  }

  /**
   * Reads a message as it stands.
   *
   * @throws IllegalArgumentException where it is no object or has no role
   */
  public static Message fromJson(JsonNode json) {
    return new Message(Json.object(json));
  }

  /** The same message with a field set; a new one goes to the end. */
  public Message with(String field, Object value) {
    SequencedMap<String, Object> changed = new LinkedHashMap<>(fields);
    changed.put(field, value);
    return new Message(changed);
  }

  /** The same message with the reasoning that led to it. */
  public Message withReasoning(String reasoning) {
    return with("reasoning_content", reasoning);
  }

  /** The same message with calls of tools. */
  public Message withToolCalls(List<ToolCall> calls) {
    return with("tool_calls", calls.stream().map(ToolCall::fields).toList());
  }

  /**
   * Who speaks: {@code system}, {@code user}, {@code assistant}, {@code tool} or what else a
   * template knows.
   */
  public String role() {
    return (String) fields.get("role");
  }

  /** What is said; empty where there is no content or it is null. */
  public Optional<Content> content() {
    return switch (fields.get("content")) {
      case String text -> Optional.of(new Content.Text(text));
      case List<?> parts -> Optional.of(new Content.Parts(parts(parts)));
      case null, default -> Optional.empty();
    };
  }

  private static List<Content.Part> parts(List<?> items) {
    List<Content.Part> parts = new ArrayList<>();
    for (Object item : items) {
      parts.add(
          item instanceof Map<?, ?> map
              ? new Content.Part(Json.object(map))
              : Content.Part.text(String.valueOf(item)));
    }
    return parts;
  }

  /** The text of the content; empty where there is none. */
  public String text() {
    return content().map(Content::text).orElse("");
  }

  /** Who of several speakers of a role, or which tool. */
  public Optional<String> name() {
    return string("name");
  }

  /** What the model thought before it spoke. */
  public Optional<String> reasoning() {
    return string("reasoning_content");
  }

  /** Which call this is the result of. */
  public Optional<String> toolCallId() {
    return string("tool_call_id");
  }

  private Optional<String> string(String field) {
    return fields.get(field) instanceof String value ? Optional.of(value) : Optional.empty();
  }

  /** The calls of tools; empty where there are none. */
  public List<ToolCall> toolCalls() {
    List<ToolCall> calls = new ArrayList<>();
    if (fields.get("tool_calls") instanceof List<?> items) {
      for (Object item : items) {
        if (item instanceof Map<?, ?> map) {
          calls.add(ToolCall.fromFields(map));
        }
      }
    }
    return calls;
  }
}
