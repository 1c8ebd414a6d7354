package io.firesteel.server.openai;

import io.firesteel.model.ToolChoice;
import io.firesteel.model.template.Tool;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what tools are on offer and which of them must be called. */
final class ToolFields {
  private static final int MOST_TOOLS = 512;

  private ToolFields() {}

  /**
   * Reads the tools.
   *
   * @param nested whether the function stands in an object of its own, as in chat requests
   */
  static List<Tool> tools(Fields request, boolean nested) {
    List<Tool> tools = new ArrayList<>();
    for (Fields item : request.objects("tools", MOST_TOOLS)) {
      String type = item.requiredString("type");
      if (!type.equals("function")) {
        throw item.wrong("type", "'" + type + "', but this server offers functions alone");
      }
      Fields function =
          nested ? item.object("function").orElseThrow(() -> item.missing("function")) : item;
      tools.add(tool(function));
    }
    return tools;
  }

  private static Tool tool(Fields function) {
    String name = function.requiredString("name");
    if (name.isBlank()) {
      throw function.wrong("name", "empty, expected a name");
    }
    ObjectNode inner = Json.object();
    inner.put("name", name);
    function.string("description").ifPresent(text -> inner.put("description", text));
    JsonNode parameters =
        function
            .object("parameters")
            .map(Fields::json)
            .orElseGet(
                () -> {
                  ObjectNode none = Json.object();
                  none.put("type", "object");
                  none.putObject("properties");
                  return none;
                });
    inner.set("parameters", parameters);
    ObjectNode tool = Json.object();
    tool.put("type", "function");
    tool.set("function", inner);
    return Tool.fromJson(tool);
  }

  /**
   * Reads which tools must be called.
   *
   * @param tools what is on offer
   */
  static ToolChoice choice(Fields request, List<Tool> tools) {
    Optional<JsonNode> value = request.value("tool_choice");
    if (value.isEmpty()) {
      return ToolChoice.AUTO;
    }
    if (value.get().isString()) {
      String word = value.get().stringValue();
      return switch (word) {
        case "auto" -> ToolChoice.AUTO;
        case "none" -> ToolChoice.NONE;
        case "required" -> required(request, tools);
        default ->
            throw request.wrong(
                "tool_choice", "'" + word + "', expected none, auto, required or a function");
      };
    }
    Fields choice = request.object("tool_choice").orElseThrow();
    Fields function = choice.object("function").orElse(choice);
    return named(request, function.requiredString("name"), tools);
  }

  static ToolChoice required(Fields request, List<Tool> tools) {
    if (tools.isEmpty()) {
      throw request.wrong("tool_choice", "a demand for a call, but there are no tools");
    }
    return ToolChoice.REQUIRED;
  }

  static ToolChoice named(Fields request, String name, List<Tool> tools) {
    if (tools.stream().noneMatch(tool -> tool.name().equals(name))) {
      throw request.wrong("tool_choice", "for '" + name + "', which is not among the tools");
    }
    return ToolChoice.named(name);
  }
}
