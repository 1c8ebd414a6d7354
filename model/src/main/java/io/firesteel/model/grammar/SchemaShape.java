package io.firesteel.model.grammar;

import java.math.BigDecimal;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Refuses keywords whose values are of the wrong kind, before anything is made of them. */
final class SchemaShape {
  /** Digits before or after the point beyond which a number is not computed with. */
  private static final int MOST_DIGITS = 1000;

  private SchemaShape() {}

  /** Checks the value of a keyword; unknown keywords may have any. */
  static void check(String keyword, JsonNode value, String place) {
    switch (keyword) {
      case "$ref" -> require(value.isString(), "a string", place);
      case "type", "pattern", "format" ->
          require(
              value.isString() || isList(value, JsonNode::isString),
              "a string or a list of strings",
              place);
      case "required", Schemas.NOT_PATTERN ->
          require(isList(value, JsonNode::isString), "a list of strings", place);
      case "enum", Schemas.NOT_ENUM -> require(value.isArray(), "a list of values", place);
      case "allOf", "anyOf", "oneOf", "prefixItems" ->
          require(isList(value, SchemaShape::isSchema), "a list of schemas", place);
      case "properties", "patternProperties", "dependentSchemas" ->
          require(
              value.isObject() && value.valueStream().allMatch(SchemaShape::isSchema),
              "an object of schemas",
              place);
      case "dependentRequired" ->
          require(
              value.isObject()
                  && value.valueStream().allMatch(names -> isList(names, JsonNode::isString)),
              "an object of lists of names",
              place);
      case "dependencies" ->
          require(
              value.isObject()
                  && value
                      .valueStream()
                      .allMatch(each -> isSchema(each) || isList(each, JsonNode::isString)),
              "an object of schemas or lists of names",
              place);
      case "items" -> {
        require(!value.isArray(), "a schema; a list of schemas is called prefixItems", place);
        require(isSchema(value), "a schema", place);
      }
      case "contains",
          "additionalProperties",
          "propertyNames",
          "unevaluatedProperties",
          "unevaluatedItems",
          "not",
          "if",
          "then",
          "else" ->
          require(isSchema(value), "a schema", place);
      case "uniqueItems" -> require(value.isBoolean(), "true or false", place);
      case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf" ->
          decimal(value, place);
      case Schemas.NOT_MULTIPLE_OF -> {
        require(value.isArray(), "a list of numbers", place);
        value.forEach(each -> decimal(each, place));
      }
      default -> {
        // counts are checked where they are read
      }
    }
  }

  private static boolean isSchema(JsonNode value) {
    return value.isObject() || value.isBoolean();
  }

  private static boolean isList(JsonNode value, Predicate<JsonNode> of) {
    return value.isArray() && value.valueStream().allMatch(of);
  }

  private static void require(boolean right, String expected, String place) {
    if (!right) {
      throw new GrammarException(place, "expected " + expected);
    }
  }

  /** A number to compute with. */
  static BigDecimal decimal(JsonNode number, String place) {
    require(number.isNumber(), "a number", place);
    BigDecimal value;
    try {
      value = number.decimalValue();
    } catch (JacksonException e) {
      throw new GrammarException(place, "expected a finite number");
    }
    boolean small =
        Math.abs((long) value.scale()) <= MOST_DIGITS && value.precision() <= MOST_DIGITS;
    require(small, "a number of at most " + MOST_DIGITS + " digits", place);
    return value;
  }
}
