package io.firesteel.mcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes schemas of arguments. */
final class Schema {
  private final Map<String, Object> properties = new LinkedHashMap<>();

  private Schema() {}

  static Schema arguments() {
    return new Schema();
  }

  Schema text(String name, String description) {
    properties.put(name, Map.of("type", "string", "description", description));
    return this;
  }

  Schema oneOf(String name, String description, List<String> values) {
    properties.put(name, Map.of("type", "string", "enum", values, "description", description));
    return this;
  }

  Schema texts(String name, String description) {
    properties.put(
        name,
        Map.of("type", "array", "items", Map.of("type", "string"), "description", description));
    return this;
  }

  Schema number(String name, String description, int least, int most) {
    properties.put(
        name,
        Map.of("type", "integer", "minimum", least, "maximum", most, "description", description));
    return this;
  }

  Map<String, Object> requiring(String... names) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put("required", List.of(names));
    schema.put("additionalProperties", false);
    return schema;
  }
}
