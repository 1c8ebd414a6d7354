package io.firesteel.model.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;

/**
 * Reads what stands inside a tool call's markers. Each method throws IllegalArgumentException with
 * the reason.
 */
final class ToolCallBodies {
  private static final String FUNCTION = "<function=";
  private static final String PARAMETER = "<parameter=";
  private static final String ARGUMENT_KEY = "<arg_key>";
  private static final String ARGUMENT_VALUE = "<arg_value>";

  private final ToolSchemas schemas;

  ToolCallBodies(ToolSchemas schemas) {
    this.schemas = schemas;
  }

  /** The body of {@code <tool_call>}. */
  List<ToolCall> tagged(String body) {
    String trimmed = body.strip();
    if (trimmed.startsWith("{") || trimmed.startsWith("[")) {
      return json(trimmed);
    }
    return trimmed.startsWith(FUNCTION)
        ? List.of(functionTag(trimmed))
        : List.of(argumentTags(trimmed));
  }

  /** One call or a list of calls. */
  static List<ToolCall> json(String text) {
    JsonNode node = Json.parse(text);
    List<ToolCall> calls = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(item -> calls.add(ToolCall.fromJson(item).withArgumentsParsed()));
    } else {
      calls.add(ToolCall.fromJson(node).withArgumentsParsed());
    }
    return calls;
  }

  /** Mistral's {@code name[CALL_ID]id[ARGS]{…}}, or a JSON list. */
  static List<ToolCall> mistral(String body) {
    String trimmed = body.strip();
    if (trimmed.startsWith("[") && !trimmed.startsWith("[ARGS]") || trimmed.startsWith("{")) {
      return json(trimmed);
    }
    int arguments = trimmed.indexOf("[ARGS]");
    int brace = trimmed.indexOf('{');
    int head = arguments >= 0 ? arguments : brace;
    if (head < 0) {
      throw new IllegalArgumentException("no arguments after the name of the tool");
    }
    String name = trimmed.substring(0, head);
    int idMark = name.indexOf("[CALL_ID]");
    String id = idMark < 0 ? null : name.substring(idMark + "[CALL_ID]".length()).strip();
    String json = trimmed.substring(arguments >= 0 ? head + "[ARGS]".length() : head);
    return List.of(
        new ToolCall(id, (idMark < 0 ? name : name.substring(0, idMark)).strip(), json)
            .withArgumentsParsed());
  }

  /** Qwen3-Coder: {@code <function=name><parameter=key>value</parameter>…</function>}. */
  private ToolCall functionTag(String body) {
    int nameEnd = body.indexOf('>');
    int end = body.lastIndexOf("</function>");
    if (nameEnd < 0 || end < nameEnd) {
      throw new IllegalArgumentException("'<function=' without its '</function>'");
    }
    String name = body.substring(FUNCTION.length(), nameEnd).strip();
    SequencedMap<String, Object> arguments = new LinkedHashMap<>();
    String rest = body.substring(nameEnd + 1, end);
    int begin = rest.indexOf(PARAMETER);
    while (begin >= 0) {
      int keyEnd = rest.indexOf('>', begin);
      int next = rest.indexOf(PARAMETER, begin + 1);
      int limit = next < 0 ? rest.length() : next;
      int valueEnd = rest.lastIndexOf("</parameter>", limit);
      if (keyEnd < 0 || valueEnd < keyEnd) {
        throw new IllegalArgumentException("'<parameter=' without its '</parameter>'");
      }
      String key = rest.substring(begin + PARAMETER.length(), keyEnd).strip();
      arguments.put(
          key, value(name, key, withoutOuterNewlines(rest.substring(keyEnd + 1, valueEnd))));
      begin = next;
    }
    return ToolCall.of(name, arguments);
  }

  private static String withoutOuterNewlines(String value) {
    String start = value.startsWith("\n") ? value.substring(1) : value;
    return start.endsWith("\n") ? start.substring(0, start.length() - 1) : start;
  }

  /** GLM: the name, then {@code <arg_key>key</arg_key><arg_value>value</arg_value>} pairs. */
  private ToolCall argumentTags(String body) {
    int first = body.indexOf(ARGUMENT_KEY);
    String name = (first < 0 ? body : body.substring(0, first)).strip();
    if (name.isEmpty()
        || name.indexOf('<') >= 0
        || name.chars().anyMatch(Character::isWhitespace)) {
      throw new IllegalArgumentException("neither a JSON object nor a function's name");
    }
    SequencedMap<String, Object> arguments = new LinkedHashMap<>();
    int position = first;
    while (position >= 0) {
      int keyEnd = body.indexOf("</arg_key>", position);
      int value = keyEnd < 0 ? -1 : body.indexOf(ARGUMENT_VALUE, keyEnd);
      int valueEnd = value < 0 ? -1 : body.indexOf("</arg_value>", value);
      if (valueEnd < 0) {
        throw new IllegalArgumentException("'<arg_key>' without its value");
      }
      String key = body.substring(position + ARGUMENT_KEY.length(), keyEnd).strip();
      arguments.put(
          key, value(name, key, body.substring(value + ARGUMENT_VALUE.length(), valueEnd)));
      position = body.indexOf(ARGUMENT_KEY, valueEnd);
    }
    return ToolCall.of(name, arguments);
  }

  /**
   * Values stand there as JSON, but strings without quotes; the schema decides, or else the look of
   * the value.
   */
  private Object value(String tool, String parameter, String text) {
    if (schemas.isString(tool, parameter)) {
      return text;
    }
    String trimmed = text.strip();
    boolean looksLikeJson =
        !trimmed.isEmpty() && ("{[-0123456789".indexOf(trimmed.charAt(0)) >= 0 || isWord(trimmed));
    if (looksLikeJson) {
      try {
        return Json.plain(Json.parse(trimmed));
      } catch (IllegalArgumentException _) {
        return text;
      }
    }
    return text;
  }

  private static boolean isWord(String text) {
    return List.of("true", "false", "null").contains(text);
  }

  /** The arguments of a call whose name stands elsewhere. */
  static ToolCall named(String name, String json) {
    Map<String, Object> arguments = json.isBlank() ? Map.of() : Json.object(Json.parse(json));
    return ToolCall.of(name, arguments);
  }
}
