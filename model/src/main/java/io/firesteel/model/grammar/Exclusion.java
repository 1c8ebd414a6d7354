package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells schemas apart: whether branches of {@code oneOf} exclude each other, as far as that can be
 * seen without trying all values.
 */
record Exclusion(SchemaMerger merger, Evaluation evaluation) {
  /** Refuses branches that may hold at once. */
  void check(List<JsonNode> branches, String place) {
    for (int i = 0; i < branches.size(); i++) {
      for (int j = i + 1; j < branches.size(); j++) {
        if (!apart(branches.get(i), branches.get(j), place, 0)) {
          throw new GrammarException(
              place,
              "branches %d and %d may hold at once: tell them apart by type or by a required property with different constants, or use anyOf"
                  .formatted(i, j));
        }
      }
    }
  }

  private boolean apart(JsonNode a, JsonNode b, String place, int depth) {
    if (depth > 8) {
      return false;
    }
    if (a.isBoolean() || b.isBoolean()) {
      return a.isBoolean() && !a.booleanValue() || b.isBoolean() && !b.booleanValue();
    }
    ObjectNode left = flat(a, place);
    ObjectNode right = flat(b, place);
    for (String keyword : List.of("anyOf", "oneOf")) {
      if (left.has(keyword) || right.has(keyword)) {
        JsonNode splits = left.has(keyword) ? left.get(keyword) : right.get(keyword);
        JsonNode other = left.has(keyword) ? right : left;
        return splits.valueStream().allMatch(part -> apart(part, other, place, depth + 1));
      }
    }
    if (left.has("const") || left.has("enum")) {
      return evaluation.constants(left, place).stream()
          .noneMatch(value -> evaluation.allows(right, value, place));
    }
    if (right.has("const") || right.has("enum")) {
      return evaluation.constants(right, place).stream()
          .noneMatch(value -> evaluation.allows(left, value, place));
    }
    return Schemas.types(left, place).stream()
        .allMatch(type -> apartAs(type, left, right, place, depth));
  }

  /** A schema with its references and {@code allOf} resolved. */
  private ObjectNode flat(JsonNode schema, String place) {
    ObjectNode plain = (ObjectNode) merger.merge(schema, Schemas.restricting(schema, place), place);
    JsonNode allOf = plain.remove("allOf");
    if (allOf == null) {
      return plain;
    }
    List<JsonNode> parts = new ArrayList<>(List.of(plain));
    allOf.forEach(parts::add);
    JsonNode merged = merger.merge(parts, place);
    return flat(merged, place);
  }

  private boolean apartAs(String type, ObjectNode a, ObjectNode b, String place, int depth) {
    Set<String> others = Schemas.types(b, place);
    boolean numeric = type.equals("integer") || type.equals("number");
    boolean shared =
        numeric ? others.contains("integer") || others.contains("number") : others.contains(type);
    if (!shared) {
      return true;
    }
    return switch (type) {
      case "integer", "number" ->
          NumberRules.Bounds.of(a, place).apartFrom(NumberRules.Bounds.of(b, place));
      case "string" -> apartAsStrings(a, b, place);
      case "object" -> apartAsObjects(a, b, place, depth);
      default -> false;
    };
  }

  private static boolean apartAsStrings(ObjectNode a, ObjectNode b, String place) {
    CharAutomaton one = StringRules.pattern(a, place);
    CharAutomaton other = StringRules.pattern(b, place);
    return one != null && other != null && one.intersect(other, place).isEmpty();
  }

  private boolean apartAsObjects(ObjectNode a, ObjectNode b, String place, int depth) {
    List<String> requiredA = Schemas.names(a, "required", place);
    List<String> requiredB = Schemas.names(b, "required", place);
    boolean byValue =
        requiredA.stream()
            .filter(requiredB::contains)
            .anyMatch(
                name ->
                    a.path("properties").has(name)
                        && b.path("properties").has(name)
                        && apart(
                            a.path("properties").get(name),
                            b.path("properties").get(name),
                            place,
                            depth + 1));
    return byValue || lacks(a, requiredB) && lacks(b, requiredA);
  }

  /** Whether what is generated for a schema always lacks one of some properties. */
  private static boolean lacks(ObjectNode schema, List<String> names) {
    JsonNode additional = schema.path("additionalProperties");
    boolean open =
        additional.isMissingNode()
            ? schema.path("properties").isEmpty()
            : !additional.isBoolean() || additional.booleanValue();
    return !open
        && names.stream()
            .anyMatch(
                name ->
                    !schema.path("properties").has(name)
                        && schema
                            .path("required")
                            .valueStream()
                            .noneMatch(required -> required.asString().equals(name)));
  }
}
