package io.firesteel.model.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
    ObjectNode merged = withinFrame(left, right, place);
    ObjectNode added = withinFrame(right, left, place);
    mergeItems(merged, added);
    added
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

  /**
   * A schema's members as far as another one lets them be: what is an additional property for that
   * one must fit its {@code additionalProperties}, and is left out where that is false.
   */
  private static ObjectNode withinFrame(ObjectNode schema, ObjectNode frame, String place) {
    ObjectNode within = schema.deepCopy();
    JsonNode additional = frame.path("additionalProperties");
    if (additional.isMissingNode() || additional.isBoolean() && additional.booleanValue()) {
      return within;
    }
    limitPatterns(within, frame, additional, place);
    if (!within.path("properties").isObject()) {
      return within;
    }
    ObjectNode limited = JsonMapper.shared().createObjectNode();
    within
        .get("properties")
        .propertyStream()
        .forEach(
            entry -> {
              if (isNamed(frame, entry.getKey(), place)) {
                limited.set(entry.getKey(), entry.getValue());
              } else if (!Schemas.isFalse(additional)) {
                limited.set(entry.getKey(), Schemas.allOf(List.of(entry.getValue(), additional)));
              }
            });
    within.set("properties", limited);
    return within;
  }

  private static boolean isNamed(ObjectNode frame, String name, String place) {
    return frame.path("properties").has(name)
        || frame.path("patternProperties").propertyNames().stream()
            .anyMatch(pattern -> MemberNames.matching(pattern, place).matches(name));
  }

  private static void limitPatterns(
      ObjectNode within, ObjectNode frame, JsonNode additional, String place) {
    ObjectNode left = JsonMapper.shared().createObjectNode();
    for (Map.Entry<String, JsonNode> entry : within.path("patternProperties").properties()) {
      CharAutomaton names = MemberNames.matching(entry.getKey(), place);
      for (String name : frame.path("properties").propertyNames()) {
        if (names.matches(name)) {
          addProperty(within, name, entry.getValue());
        }
      }
      if (frame.path("patternProperties").has(entry.getKey())) {
        left.set(entry.getKey(), entry.getValue());
      } else if (!Schemas.isFalse(additional)) {
        left.set(entry.getKey(), Schemas.allOf(List.of(entry.getValue(), additional)));
      }
    }
    if (within.has("patternProperties")) {
      within.set("patternProperties", left);
    }
  }

  private static void addProperty(ObjectNode schema, String name, JsonNode value) {
    ObjectNode properties = JsonMapper.shared().createObjectNode();
    schema.path("properties").properties().forEach(e -> properties.set(e.getKey(), e.getValue()));
    JsonNode mine = properties.get(name);
    properties.set(name, mine == null ? value : Schemas.allOf(List.of(mine, value)));
    schema.set("properties", properties);
  }

  /** Items at a place fit what both say of that place. */
  private static void mergeItems(ObjectNode merged, ObjectNode added) {
    int length = Math.max(merged.path("prefixItems").size(), added.path("prefixItems").size());
    if (length == 0 || merged.path("items").isArray() || added.path("items").isArray()) {
      return;
    }
    ArrayNode prefix = JsonMapper.shared().createArrayNode();
    for (int i = 0; i < length; i++) {
      List<JsonNode> parts = new ArrayList<>();
      for (ObjectNode schema : List.of(merged, added)) {
        JsonNode item = schema.path("prefixItems").path(i);
        JsonNode said = item.isMissingNode() ? schema.path("items") : item;
        if (!said.isMissingNode()) {
          parts.add(said);
        }
      }
      prefix.add(Schemas.allOf(parts));
    }
    added.remove("prefixItems");
    merged.set("prefixItems", prefix);
  }

  private JsonNode both(String keyword, JsonNode a, JsonNode b, String place) {
    if (a.equals(b)) {
      return a;
    }
    return switch (keyword) {
      case "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties" ->
          decimal(a, place).compareTo(decimal(b, place)) >= 0 ? a : b;
      case "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties" ->
          decimal(a, place).compareTo(decimal(b, place)) <= 0 ? a : b;
      case "type" -> types(a, b);
      case "required",
          "pattern",
          "format",
          "allOf",
          Schemas.NOT_ENUM,
          Schemas.NOT_PATTERN,
          Schemas.NOT_MULTIPLE_OF ->
          concatenated(a, b);
      case "properties", "patternProperties" -> properties(a, b);
      case "items", "additionalProperties", "propertyNames" -> Schemas.allOf(List.of(a, b));
      case "not" -> anyOf(a, b);
      case "multipleOf" -> commonMultiple(a, b, place);
      case "unevaluatedProperties" -> Schemas.isFalse(a) ? a : b;
      case "enum" -> common(a, b);
      case "const" -> {
        if (Evaluation.same(a, b)) {
          yield a;
        }
        throw new Unsatisfiable(place + "/const", "two different constants");
      }
      case "anyOf", "oneOf" -> products(a, b, place + "/" + keyword);
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
                  entry.getKey(),
                  mine == null ? entry.getValue() : Schemas.allOf(List.of(mine, entry.getValue())));
            });
    return all;
  }

  private static BigDecimal decimal(JsonNode number, String place) {
    return SchemaShape.decimal(number, place);
  }

  private static JsonNode anyOf(JsonNode a, JsonNode b) {
    ObjectNode either = JsonMapper.shared().createObjectNode();
    either.putArray("anyOf").add(a).add(b);
    return either;
  }

  private static JsonNode commonMultiple(JsonNode a, JsonNode b, String place) {
    for (JsonNode each : List.of(a, b)) {
      BigDecimal divisor = decimal(each, place);
      if (divisor.signum() <= 0 || divisor.stripTrailingZeros().scale() > 0) {
        throw new GrammarException(
            place + "/multipleOf", "two divisors hold here at once, expected whole ones");
      }
    }
    BigInteger one = decimal(a, place).toBigInteger();
    BigInteger other = decimal(b, place).toBigInteger();
    return JsonMapper.shared()
        .getNodeFactory()
        .numberNode(new BigDecimal(one.multiply(other).divide(one.gcd(other))));
  }

  private static JsonNode common(JsonNode a, JsonNode b) {
    ArrayNode common = JsonMapper.shared().createArrayNode();
    List<JsonNode> theirs = new ArrayList<>(b.valueStream().toList());
    a.valueStream()
        .filter(value -> theirs.stream().anyMatch(other -> Evaluation.same(value, other)))
        .forEach(common::add);
    return common;
  }

  private static JsonNode products(JsonNode a, JsonNode b, String place) {
    if (a.size() * b.size() > MOST_BRANCHES) {
      throw new GrammarException(place, "more than " + MOST_BRANCHES + " combinations of branches");
    }
    ArrayNode all = JsonMapper.shared().createArrayNode();
    a.forEach(one -> b.forEach(other -> all.add(Schemas.allOf(List.of(one, other)))));
    return all;
  }
}
