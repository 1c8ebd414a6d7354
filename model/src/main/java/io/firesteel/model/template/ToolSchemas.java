package io.firesteel.model.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which parameters of the offered tools are strings: formats without quotes leave that to the
 * schema.
 */
final class ToolSchemas {
  private final Map<String, Map<?, ?>> properties = new HashMap<>();

  ToolSchemas(List<Tool> tools) {
    for (Tool tool : tools) {
      Map<?, ?> function =
          tool.fields().get("function") instanceof Map<?, ?> inner ? inner : tool.fields();
      if (function.get("parameters") instanceof Map<?, ?> schema
          && schema.get("properties") instanceof Map<?, ?> parameters) {
        properties.put(tool.name(), parameters);
      }
    }
  }

  /** Whether a tool's schema says that a parameter is a string. */
  boolean isString(String tool, String parameter) {
    return properties.getOrDefault(tool, Map.of()).get(parameter) instanceof Map<?, ?> schema
        && "string".equals(schema.get("type"));
  }
}
