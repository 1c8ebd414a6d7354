package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns what a schema refuses into a schema. A value is refused if one of the keywords refuses it,
 * so the result has a branch for each; some branches allow less than they could, never more.
 */
record Negation(SchemaMerger.Resolver resolver) {
  private static final int DEEPEST = 50;
  private static final Map<String, String> OPPOSITES =
      Map.of(
          "minimum",
          "exclusiveMaximum",
          "exclusiveMinimum",
          "maximum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "minimum");

  /**
   * A schema for values that another one refuses.
   *
   * @throws GrammarException at the keyword whose opposite is no schema
   */
  JsonNode of(JsonNode schema, String place) {
    return of(schema, place, 0);
  }

  private JsonNode of(JsonNode schema, String place, int depth) {
    if (depth > DEEPEST) {
      throw new GrammarException(place, "a grammar cannot negate a schema that contains itself");
    }
    if (schema.isBoolean()) {
      return JsonMapper.shared().getNodeFactory().booleanNode(!schema.booleanValue());
    }
    ObjectNode plain = Schemas.restricting(schema, place);
    List<JsonNode> branches = new ArrayList<>();
    for (String keyword : plain.propertyNames()) {
      branches.addAll(branches(keyword, plain, place + "/" + keyword, depth + 1));
    }
    branches.removeIf(branch -> branch.isBoolean() && !branch.booleanValue());
    return branches.isEmpty()
        ? JsonMapper.shared().getNodeFactory().booleanNode(false)
        : branches.size() == 1 ? branches.getFirst() : combined("anyOf", branches);
  }

  private List<JsonNode> branches(String keyword, ObjectNode schema, String place, int depth) {
    JsonNode value = schema.get(keyword);
    return switch (keyword) {
      case "type" -> List.of(otherTypes(value));
      case "const" -> List.of(with(Schemas.NOT_ENUM, list(List.of(value))));
      case "enum" -> List.of(with(Schemas.NOT_ENUM, list(value.valueStream().toList())));
      case "$ref" ->
          List.of(of(resolver.resolve(value.asString(), place), value.asString(), depth));
      case "not" -> List.of(value);
      case "allOf" -> each(value, place, depth);
      case "anyOf", "oneOf" -> List.of(combined("allOf", each(value, place, depth)));
      case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" ->
          List.of(typed("number", OPPOSITES.get(keyword), value));
      case "multipleOf" -> List.of(typed("integer", Schemas.NOT_MULTIPLE_OF, list(List.of(value))));
      case "pattern" ->
          Schemas.patterns(schema, place).stream()
              .<JsonNode>map(
                  pattern -> typed("string", Schemas.NOT_PATTERN, list(List.of(text(pattern)))))
              .toList();
      case "minLength", "minItems", "minProperties" -> fewer(keyword, schema, place);
      case "maxLength", "maxItems", "maxProperties" -> more(keyword, schema, place);
      case "required" ->
          value.valueStream().<JsonNode>map(name -> lacking(name.asString())).toList();
      case "properties" -> unlike(value, place, depth);
      case "items" -> {
        if (schema.has("prefixItems")) {
          throw unknown(place);
        }
        yield List.of(typed("array", "contains", of(value, place, depth)));
      }
      case "contains" -> {
        if (schema.has("minContains") || schema.has("maxContains")) {
          throw unknown(place);
        }
        yield List.of(typed("array", "items", of(value, place, depth)));
      }
      case "prefixItems" -> unlikeItems(value, place, depth);
      default -> throw unknown(place);
    };
  }

  private static GrammarException unknown(String place) {
    return new GrammarException(
        place, "a grammar cannot tell what this refuses: leave it out, or say what is allowed");
  }

  private List<JsonNode> each(JsonNode parts, String place, int depth) {
    List<JsonNode> negated = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      negated.add(of(parts.get(i), place + "/" + i, depth));
    }
    return negated;
  }

  /** Numbers that are not whole are left out where {@code integer} is refused. */
  private static JsonNode otherTypes(JsonNode stated) {
    Set<String> refused = new HashSet<>();
    if (stated.isArray()) {
      stated.forEach(type -> refused.add(type.asString()));
    } else {
      refused.add(stated.asString());
    }
    List<JsonNode> others = new ArrayList<>();
    for (String type : Schemas.TYPES) {
      boolean number = type.equals("integer") || type.equals("number");
      boolean left = number ? !refused.contains("number") && !refused.contains("integer") : true;
      if (left && !refused.contains(type)) {
        others.add(text(type));
      }
    }
    return with("type", list(others));
  }

  private static List<JsonNode> fewer(String keyword, ObjectNode schema, String place) {
    int count = Schemas.count(schema, keyword, 0, place);
    return count == 0 ? List.of() : List.of(counted(keyword, count - 1));
  }

  private static List<JsonNode> more(String keyword, ObjectNode schema, String place) {
    int count = Schemas.count(schema, keyword, 0, place);
    return count == Integer.MAX_VALUE ? List.of() : List.of(counted(keyword, count + 1));
  }

  private static JsonNode counted(String keyword, int count) {
    String type =
        switch (keyword.substring(3)) {
          case "Length" -> "string";
          case "Items" -> "array";
          default -> "object";
        };
    String opposite = (keyword.startsWith("min") ? "max" : "min") + keyword.substring(3);
    return typed(type, opposite, JsonMapper.shared().getNodeFactory().numberNode(count));
  }

  private static ObjectNode lacking(String name) {
    ObjectNode schema = JsonMapper.shared().createObjectNode().put("type", "object");
    schema.putObject("properties").put(name, false);
    return schema;
  }

  private List<JsonNode> unlike(JsonNode properties, String place, int depth) {
    List<JsonNode> branches = new ArrayList<>();
    for (String name : properties.propertyNames()) {
      ObjectNode schema = JsonMapper.shared().createObjectNode().put("type", "object");
      JsonNode other = of(properties.get(name), place + "/" + Schemas.escaped(name), depth);
      schema.putObject("properties").set(name, other);
      schema.putArray("required").add(name);
      branches.add(schema);
    }
    return branches;
  }

  private List<JsonNode> unlikeItems(JsonNode prefix, String place, int depth) {
    List<JsonNode> branches = new ArrayList<>();
    for (int i = 0; i < prefix.size(); i++) {
      ObjectNode schema = JsonMapper.shared().createObjectNode().put("type", "array");
      ArrayNode items = schema.putArray("prefixItems");
      for (int before = 0; before < i; before++) {
        items.add(true);
      }
      items.add(of(prefix.get(i), place + "/" + i, depth));
      schema.put("minItems", i + 1);
      branches.add(schema);
    }
    return branches;
  }

  private static ObjectNode typed(String type, String keyword, JsonNode value) {
    ObjectNode schema = JsonMapper.shared().createObjectNode().put("type", type);
    schema.set(keyword, value);
    return schema;
  }

  private static ObjectNode with(String keyword, JsonNode value) {
    ObjectNode schema = JsonMapper.shared().createObjectNode();
    schema.set(keyword, value);
    return schema;
  }

  private static ObjectNode combined(String keyword, List<JsonNode> parts) {
    return with(keyword, list(parts));
  }

  private static ArrayNode list(List<JsonNode> values) {
    ArrayNode list = JsonMapper.shared().createArrayNode();
    values.forEach(list::add);
    return list;
  }

  private static JsonNode text(String value) {
    return JsonMapper.shared().getNodeFactory().stringNode(value);
  }
}
