package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes one schema of two that both must hold. */
record SchemaMerger(SchemaMerger.Resolver resolver) {
  private static final int MOST_BRANCHES = 64;

  /** Finds what {@code $ref} names. */
  @FunctionalInterface
  interface Resolver {
    JsonNode resolve(String reference, String place);
  }

  /** The merger of a list, from the left. */
  JsonNode merge(List<JsonNode> schemas, String place) {
    JsonNode merged = schemas.getFirst();
    for (JsonNode schema : schemas.subList(1, schemas.size())) {
      merged = merge(merged, schema, place);
    }
    return merged;
  }

  JsonNode merge(JsonNode a, JsonNode b, String place) {
    if (a.isBoolean()) {
      return a.booleanValue() ? b : a;
    }
    if (b.isBoolean()) {
      return b.booleanValue() ? a : b;
    }
    ObjectNode left = dereferenced(a, place, 0);
    ObjectNode right = dereferenced(b, place, 0);
    closeProperties(left, right);
    closeProperties(right, left);
    ObjectNode merged = left.deepCopy();
    right
        .propertyStream()
        .forEach(
            entry -> {
              String keyword = entry.getKey();
              JsonNode mine = merged.get(keyword);
              merged.set(
                  keyword,
                  mine == null ? entry.getValue() : both(keyword, mine, entry.getValue(), place));
            });
    return merged;
  }

  private ObjectNode dereferenced(JsonNode schema, String place, int depth) {
    ObjectNode plain = Schemas.restricting(schema, place);
    JsonNode reference = plain.remove("$ref");
    if (reference == null) {
      return plain;
    }
    if (depth > 50) {
      throw new GrammarException(place, "the references go round in a circle");
    }
    JsonNode target = resolver.resolve(reference.asString(), place);
    JsonNode merged =
        plain.isEmpty() ? target : merge(dereferenced(target, place, depth + 1), plain, place);
    return dereferenced(merged, place, depth + 1);
  }

  /** Where one schema allows no other properties, the other's are not allowed either. */
  private static void closeProperties(ObjectNode closed, ObjectNode other) {
    JsonNode additional = closed.path("additionalProperties");
    boolean forbids = additional.isBoolean() && !additional.booleanValue();
    if (!forbids || !other.path("properties").isObject()) {
      return;
    }
    ObjectNode limited = JsonMapper.shared().createObjectNode();
    other
        .get("properties")
        .propertyStream()
        .filter(entry -> closed.path("properties").has(entry.getKey()))
        .forEach(entry -> limited.set(entry.getKey(), entry.getValue()));
    other.set("properties", limited);
  }

  private JsonNode both(String keyword, JsonNode a, JsonNode b, String place) {
    if (a.equals(b)) {
      return a;
    }
    return switch (keyword) {
      case "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties" ->
          a.decimalValue().compareTo(b.decimalValue()) >= 0 ? a : b;
      case "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties" ->
          a.decimalValue().compareTo(b.decimalValue()) <= 0 ? a : b;
      case "type" -> types(a, b);
      case "required", "pattern", "allOf" -> concatenated(a, b);
      case "properties" -> properties(a, b);
      case "items", "additionalProperties" -> allOf(a, b);
      case "enum" -> common(a, b);
      case "const" -> throw new Unsatisfiable(place + "/const", "two different constants");
      case "anyOf" -> products(a, b, place);
      case "uniqueItems" -> a.booleanValue() ? a : b;
      default ->
          throw new GrammarException(
              place + "/" + keyword, "two different values hold here at once: not supported");
    };
  }

  private static JsonNode types(JsonNode a, JsonNode b) {
    Set<String> common = new LinkedHashSet<>();
    for (String one : list(a)) {
      for (String other : list(b)) {
        boolean numbers = one.equals("number") && other.equals("integer");
        boolean integers = one.equals("integer") && other.equals("number");
        if (one.equals(other) || numbers || integers) {
          common.add(numbers || integers ? "integer" : one);
        }
      }
    }
    ArrayNode types = JsonMapper.shared().createArrayNode();
    common.forEach(types::add);
    return types;
  }

  private static List<String> list(JsonNode type) {
    return type.isString()
        ? List.of(type.stringValue())
        : type.valueStream().map(JsonNode::asString).toList();
  }

  private static JsonNode concatenated(JsonNode a, JsonNode b) {
    ArrayNode all = JsonMapper.shared().createArrayNode();
    for (JsonNode list : List.of(a, b)) {
      if (list.isArray()) {
        list.forEach(all::add);
      } else {
        all.add(list);
      }
    }
    return all;
  }

  private static JsonNode properties(JsonNode a, JsonNode b) {
    ObjectNode all = JsonMapper.shared().createObjectNode();
    a.propertyStream().forEach(entry -> all.set(entry.getKey(), entry.getValue()));
    b.propertyStream()
        .forEach(
            entry -> {
              JsonNode mine = all.get(entry.getKey());
              all.set(
                  entry.getKey(), mine == null ? entry.getValue() : allOf(mine, entry.getValue()));
            });
    return all;
  }

  private static JsonNode allOf(JsonNode a, JsonNode b) {
    ObjectNode both = JsonMapper.shared().createObjectNode();
    both.putArray("allOf").add(a).add(b);
    return both;
  }

  private static JsonNode common(JsonNode a, JsonNode b) {
    ArrayNode common = JsonMapper.shared().createArrayNode();
    List<JsonNode> theirs = new ArrayList<>(b.valueStream().toList());
    a.valueStream().filter(theirs::contains).forEach(common::add);
    return common;
  }

  private static JsonNode products(JsonNode a, JsonNode b, String place) {
    if (a.size() * b.size() > MOST_BRANCHES) {
      throw new GrammarException(
          place + "/anyOf", "more than " + MOST_BRANCHES + " combinations of branches");
    }
    ArrayNode all = JsonMapper.shared().createArrayNode();
    a.forEach(one -> b.forEach(other -> all.add(allOf(one, other))));
    return all;
  }
}
