package io.firesteel.model.template;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;

/**
 * A tool that a model may call.
 *
 * @param fields its JSON object as templates see it, in order: {@code {"type": "function",
 *     "function": {"name", "description", "parameters"}}}
 */
public record Tool(SequencedMap<String, Object> fields) {
  /** Copies the fields. */
  public Tool {
    fields = Json.object(fields);
  }

  /**
   * A function.
   *
   * @param parameters the JSON schema of the object of its arguments
   */
  public static Tool function(String name, String description, Map<String, ?> parameters) {
    SequencedMap<String, Object> function = new LinkedHashMap<>();
    function.put("name", name);
    function.put("description", description);
    function.put("parameters", parameters);
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", "function");
    fields.put("function", function);
    return new Tool(fields);
  }

  /** Reads a tool as it stands. */
  public static Tool fromJson(JsonNode json) {
    return new Tool(Json.object(json));
  }

  /** What the function does; empty where it is not said. */
  public String description() {
    return function().get("description") instanceof String text ? text : "";
  }

  /**
   * The JSON schema of the object of its arguments; of an object of any kind where there is none.
   */
  public JsonNode schema() {
    return function().get("parameters") instanceof Map<?, ?> schema
        ? Json.parse(Json.write(schema))
        : Json.parse("{\"type\": \"object\"}");
  }

  private Map<?, ?> function() {
    return fields.get("function") instanceof Map<?, ?> inner ? inner : fields;
  }

  /** The function's name; empty where there is none. */
  public String name() {
    return function().get("name") instanceof String name ? name : "";
  }
}
