package io.firesteel.model.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads single keywords of schemas, with an error that says where. */
final class Schemas {
  static final List<String> TYPES =
      List.of("object", "array", "string", "number", "integer", "boolean", "null");

  /** Values that are refused: what {@code not} becomes of {@code enum}. */
  static final String NOT_ENUM = "$notEnum";

  /** Patterns that a string must not match. */
  static final String NOT_PATTERN = "$notPattern";

  /** Whole numbers that must not divide a whole number. */
  static final String NOT_MULTIPLE_OF = "$notMultipleOf";

  private static final Set<String> OF_OBJECTS =
      Set.of(
          "properties",
          "required",
          "additionalProperties",
          "minProperties",
          "maxProperties",
          "patternProperties",
          "propertyNames",
          "unevaluatedProperties");
  private static final Set<String> OF_ARRAYS =
      Set.of(
          "items",
          "prefixItems",
          "minItems",
          "maxItems",
          "uniqueItems",
          "contains",
          "minContains",
          "maxContains");
  private static final Set<String> OF_STRINGS =
      Set.of("minLength", "maxLength", "pattern", NOT_PATTERN);
  private static final Set<String> OF_NUMBERS =
      Set.of(
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          NOT_MULTIPLE_OF);
  private static final Set<String> UNSUPPORTED =
      Set.of("$dynamicRef", "$recursiveRef", "additionalItems");
  private static final Set<String> CONDITIONS =
      Set.of(
          "if",
          "then",
          "else",
          "dependentRequired",
          "dependentSchemas",
          "dependencies",
          "unevaluatedItems");
  private static final Set<String> RESTRICTING =
      Set.of("type", "enum", "const", "format", "anyOf", "oneOf", "allOf", "not", "$ref", NOT_ENUM);

  private Schemas() {}

  /** A copy with the keywords that restrict and no others, and conditions said with those. */
  static ObjectNode restricting(JsonNode schema, String place) {
    if (!schema.isObject()) {
      throw new GrammarException(
          place, "a schema is an object, true or false; found " + schema.getNodeType());
    }
    ObjectNode copy = JsonMapper.shared().createObjectNode();
    schema
        .propertyStream()
        .forEach(
            entry -> {
              String keyword = entry.getKey();
              if (UNSUPPORTED.contains(keyword)) {
                throw new GrammarException(
                    place + "/" + keyword, "this keyword is not supported: leave it out");
              }
              SchemaShape.check(keyword, entry.getValue(), place + "/" + keyword);
              if (isRestricting(keyword) || CONDITIONS.contains(keyword)) {
                copy.set(keyword, entry.getValue());
              }
            });
    Desugaring.apply(copy, place);
    return copy;
  }

  private static boolean isRestricting(String keyword) {
    return RESTRICTING.contains(keyword)
        || OF_OBJECTS.contains(keyword)
        || OF_ARRAYS.contains(keyword)
        || OF_STRINGS.contains(keyword)
        || OF_NUMBERS.contains(keyword);
  }

  /**
   * The types that a schema allows: those it states, or those that its keywords speak of, or all.
   */
  static Set<String> types(JsonNode schema, String place) {
    JsonNode stated = schema.path("type");
    Set<String> types = new LinkedHashSet<>();
    if (stated.isString()) {
      types.add(stated.stringValue());
    } else if (stated.isArray()) {
      stated.forEach(type -> types.add(type.asString()));
    } else if (!stated.isMissingNode()) {
      throw new GrammarException(place + "/type", "expected a type's name or a list of them");
    }
    for (String type : types) {
      if (!TYPES.contains(type)) {
        throw new GrammarException(
            place + "/type", "there is no type '" + type + "', expected " + TYPES);
      }
    }
    if (types.contains("number")) {
      types.remove("integer");
    }
    return stated.isMissingNode() ? inferred(schema) : types;
  }

  private static Set<String> inferred(JsonNode schema) {
    Set<String> types = new LinkedHashSet<>();
    for (String keyword : schema.propertyNames()) {
      if (OF_OBJECTS.contains(keyword)) {
        types.add("object");
      } else if (OF_ARRAYS.contains(keyword)) {
        types.add("array");
      } else if (OF_STRINGS.contains(keyword) || keyword.equals("format")) {
        types.add("string");
      } else if (OF_NUMBERS.contains(keyword)) {
        types.add("number");
      }
    }
    if (types.isEmpty()) {
      types.addAll(TYPES);
      types.remove("integer");
    }
    return types;
  }

  /** A count such as {@code minItems}. */
  static int count(JsonNode schema, String keyword, int otherwise, String place) {
    JsonNode value = schema.path(keyword);
    if (value.isMissingNode()) {
      return otherwise;
    }
    BigDecimal count = SchemaShape.decimal(value, place + "/" + keyword);
    if (count.stripTrailingZeros().scale() > 0 || count.signum() < 0) {
      throw new GrammarException(place + "/" + keyword, "expected a whole number of at least 0");
    }
    return count.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
  }

  /** A number such as {@code minimum}; null if it is not there. */
  static BigDecimal number(JsonNode schema, String keyword, String place) {
    JsonNode value = schema.path(keyword);
    if (value.isMissingNode()) {
      return null;
    }
    return SchemaShape.decimal(value, place + "/" + keyword);
  }

  /** Names such as {@code required}. */
  static List<String> names(JsonNode schema, String keyword, String place) {
    List<String> names = new ArrayList<>();
    JsonNode value = schema.path(keyword);
    if (!value.isMissingNode() && !value.isArray()) {
      throw new GrammarException(place + "/" + keyword, "expected a list of names");
    }
    value.forEach(name -> names.add(name.asString()));
    return names;
  }

  /** The patterns that a string must match; a merged schema may have several. */
  static List<String> patterns(JsonNode schema, String place) {
    return texts(schema, "pattern", place);
  }

  /** The formats that a string must have; a merged schema may have several. */
  static List<String> formats(JsonNode schema, String place) {
    return texts(schema, "format", place);
  }

  private static List<String> texts(JsonNode schema, String keyword, String place) {
    JsonNode value = schema.path(keyword);
    List<String> texts = new ArrayList<>();
    if (value.isString()) {
      texts.add(value.stringValue());
    } else if (value.isArray()) {
      value.forEach(text -> texts.add(text.asString()));
    } else if (!value.isMissingNode()) {
      throw new GrammarException(place + "/" + keyword, "expected a string");
    }
    return texts;
  }

  /** A schema of which all parts must hold. */
  static JsonNode allOf(List<? extends JsonNode> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    ObjectNode joint = JsonMapper.shared().createObjectNode();
    ArrayNode list = joint.putArray("allOf");
    parts.forEach(list::add);
    return joint;
  }

  /** Whether a schema is {@code false}. */
  static boolean isFalse(JsonNode schema) {
    return schema.isBoolean() && !schema.booleanValue();
  }

  static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
