package io.firesteel.model.template;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;

/**
 * A model's call of a tool.
 *
 * @param id what the tool's result refers to; null where there is none
 * @param name the tool's
 * @param arguments a Map of JSON-like values, as templates take it; or a String of JSON, as some
 *     clients send it
 */
public record ToolCall(String id, String name, Object arguments) {
  /** Refuses a call without a name, or with arguments of another type. */
  public ToolCall {
    if (name == null || name.isEmpty()) {
      throw new IllegalArgumentException("a tool call without a name");
    }
    if (!(arguments instanceof Map) && !(arguments instanceof String)) {
      throw new IllegalArgumentException(
          "arguments of the tool call '" + name + "' must be an object or a string of JSON");
    }
  }

  /** A call without an id. */
  public static ToolCall of(String name, Map<String, ?> arguments) {
    return new ToolCall(null, name, arguments);
  }

  /**
   * Reads a call: {@code {"id", "type", "function": {"name", "arguments"}}}, or the inner object
   * alone.
   *
   * @throws IllegalArgumentException where it has no name, or arguments that are neither object nor
   *     string
   */
  public static ToolCall fromJson(JsonNode json) {
    return fromFields(Json.object(json));
  }

  static ToolCall fromFields(Map<?, ?> fields) {
    Map<?, ?> function = fields.get("function") instanceof Map<?, ?> inner ? inner : fields;
    Object arguments =
        function.containsKey("arguments") ? function.get("arguments") : function.get("parameters");
    String id = fields.get("id") instanceof String given ? given : null;
    String name = function.get("name") instanceof String given ? given : null;
    return new ToolCall(id, name, arguments == null ? Map.of() : arguments);
  }

  /** The arguments as JSON. */
  public String argumentsJson() {
    return arguments instanceof String json ? json : Json.write(arguments);
  }

  /** The same call with its arguments as a Map, which is what most templates can render. */
  public ToolCall withArgumentsParsed() {
    return arguments instanceof String json
        ? new ToolCall(id, name, Json.object(Json.parse(json)))
        : this;
  }

  /** The same call with an id. */
  public ToolCall withId(String newId) {
    return new ToolCall(newId, name, arguments);
  }

  /** The JSON object of the call, as messages hold it. */
  public SequencedMap<String, Object> fields() {
    SequencedMap<String, Object> function = new LinkedHashMap<>();
    function.put("name", name);
    function.put("arguments", arguments);
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    if (id != null) {
      fields.put("id", id);
    }
    fields.put("type", "function");
    fields.put("function", function);
    return fields;
  }
}
