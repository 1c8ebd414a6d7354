package io.firesteel.model.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Tells whether a schema allows a given value, such as one of an {@code enum} beside it. */
record Evaluation(SchemaMerger.Resolver resolver) {
  private static final int DEEPEST = 200;

  /** Whether it does. */
  boolean allows(JsonNode schema, JsonNode value, String place) {
    return allows(schema, value, place, 0);
  }

  private boolean allows(JsonNode schema, JsonNode value, String place, int depth) {
    if (depth > DEEPEST) {
      throw new GrammarException(place, "the references go round in a circle");
    }
    if (schema.isBoolean()) {
      return schema.booleanValue();
    }
    ObjectNode plain = Schemas.restricting(schema, place);
    return hasType(plain, value, place)
        && fitsConstants(plain, value)
        && fitsParts(plain, value, place, depth + 1)
        && switch (value.getNodeType()) {
          case STRING -> fitsText(plain, value.stringValue(), place);
          case NUMBER -> fitsNumber(plain, SchemaShape.decimal(value, place), place);
          case OBJECT -> fitsMembers(plain, value, place, depth + 1);
          case ARRAY -> fitsItems(plain, value, place, depth + 1);
          default -> true;
        };
  }

  private static boolean hasType(ObjectNode schema, JsonNode value, String place) {
    if (!schema.has("type")) {
      return true;
    }
    Set<String> types = Schemas.types(schema, place);
    return switch (value.getNodeType()) {
      case OBJECT -> types.contains("object");
      case ARRAY -> types.contains("array");
      case STRING -> types.contains("string");
      case BOOLEAN -> types.contains("boolean");
      case NULL -> types.contains("null");
      case NUMBER -> types.contains("number") || types.contains("integer") && isWhole(value, place);
      default -> false;
    };
  }

  private static boolean isWhole(JsonNode number, String place) {
    return SchemaShape.decimal(number, place).stripTrailingZeros().scale() <= 0;
  }

  private static boolean fitsConstants(ObjectNode schema, JsonNode value) {
    boolean constant = !schema.has("const") || same(schema.get("const"), value);
    boolean listed = !schema.has("enum") || isIn(schema.get("enum"), value);
    return constant && listed && !isIn(schema.path(Schemas.NOT_ENUM), value);
  }

  private static boolean isIn(JsonNode list, JsonNode value) {
    return list.valueStream().anyMatch(each -> same(each, value));
  }

  /** Whether two values are equal as JSON Schema means it: numbers by their value. */
  static boolean same(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return SchemaShape.decimal(a, JsonSchemaCompiler.ROOT)
              .compareTo(SchemaShape.decimal(b, JsonSchemaCompiler.ROOT))
          == 0;
    }
    if (a.getNodeType() != b.getNodeType() || a.size() != b.size()) {
      return false;
    }
    if (a.isObject()) {
      return a.propertyStream()
          .allMatch(
              entry -> b.has(entry.getKey()) && same(entry.getValue(), b.get(entry.getKey())));
    }
    if (a.isArray()) {
      for (int i = 0; i < a.size(); i++) {
        if (!same(a.get(i), b.get(i))) {
          return false;
        }
      }
      return true;
    }
    return a.equals(b);
  }

  private boolean fitsParts(ObjectNode schema, JsonNode value, String place, int depth) {
    JsonNode reference = schema.path("$ref");
    if (reference.isString()) {
      JsonNode target = resolver.resolve(reference.stringValue(), place);
      if (!allows(target, value, place, depth)) {
        return false;
      }
    }
    if (schema.has("not") && allows(negatable(schema.get("not"), place), value, place, depth)) {
      return false;
    }
    JsonNode anyOf = schema.path("anyOf");
    JsonNode oneOf = schema.path("oneOf");
    return count(schema.path("allOf"), value, place, depth) == schema.path("allOf").size()
        && (anyOf.isMissingNode() || count(anyOf, value, place, depth) > 0)
        && (oneOf.isMissingNode() || count(oneOf, value, place, depth) == 1);
  }

  private long count(JsonNode parts, JsonNode value, String place, int depth) {
    return parts.valueStream().filter(part -> allows(part, value, place, depth)).count();
  }

  /** Formats are known more narrowly than they are, so that their opposite would be too wide. */
  private static JsonNode negatable(JsonNode schema, String place) {
    if (schema.findValue("format") != null) {
      throw new GrammarException(
          place + "/not", "a grammar cannot tell what a format refuses: use a pattern");
    }
    return schema;
  }

  private static boolean fitsText(ObjectNode schema, String text, String place) {
    int length = text.codePointCount(0, text.length());
    int max = Schemas.count(schema, "maxLength", Expr.UNBOUNDED, place);
    CharAutomaton pattern = StringRules.pattern(schema, place);
    return length >= Schemas.count(schema, "minLength", 0, place)
        && (max < 0 || length <= max)
        && (pattern == null || pattern.matches(text));
  }

  private static boolean fitsNumber(ObjectNode schema, BigDecimal number, String place) {
    BigDecimal divisor = Schemas.number(schema, "multipleOf", place);
    if (divisor != null && divisor.signum() <= 0) {
      throw new GrammarException(place + "/multipleOf", "expected a number greater than 0");
    }
    boolean multiple = divisor == null || number.remainder(divisor).signum() == 0;
    boolean forbidden =
        schema
            .path(Schemas.NOT_MULTIPLE_OF)
            .valueStream()
            .anyMatch(each -> number.remainder(SchemaShape.decimal(each, place)).signum() == 0);
    return multiple && !forbidden && NumberRules.Bounds.of(schema, place).allow(number);
  }

  private boolean fitsItems(ObjectNode schema, JsonNode value, String place, int depth) {
    int max = Schemas.count(schema, "maxItems", Expr.UNBOUNDED, place);
    if (value.size() < Schemas.count(schema, "minItems", 0, place)
        || max >= 0 && value.size() > max) {
      return false;
    }
    JsonNode prefix = schema.path("prefixItems");
    JsonNode items = schema.path("items");
    for (int i = 0; i < value.size(); i++) {
      JsonNode wanted = i < prefix.size() ? prefix.get(i) : items;
      if (!wanted.isMissingNode() && !allows(wanted, value.get(i), place, depth)) {
        return false;
      }
    }
    boolean unique = schema.path("uniqueItems").asBoolean(false);
    return (!unique || areDistinct(value)) && fitsContains(schema, value, place, depth);
  }

  private static boolean areDistinct(JsonNode items) {
    for (int i = 0; i < items.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (same(items.get(i), items.get(j))) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean fitsContains(ObjectNode schema, JsonNode value, String place, int depth) {
    if (!schema.has("contains")) {
      return true;
    }
    JsonNode wanted = schema.get("contains");
    long found = value.valueStream().filter(item -> allows(wanted, item, place, depth)).count();
    int max = Schemas.count(schema, "maxContains", Expr.UNBOUNDED, place);
    return found >= Schemas.count(schema, "minContains", 1, place) && (max < 0 || found <= max);
  }

  private boolean fitsMembers(ObjectNode schema, JsonNode value, String place, int depth) {
    int max = Schemas.count(schema, "maxProperties", Expr.UNBOUNDED, place);
    if (value.size() < Schemas.count(schema, "minProperties", 0, place)
        || max >= 0 && value.size() > max
        || !Schemas.names(schema, "required", place).stream().allMatch(value::has)) {
      return false;
    }
    if (schema.has("unevaluatedProperties")) {
      throw new GrammarException(
          place + "/unevaluatedProperties", "is not supported beside constants");
    }
    MemberNames names = new MemberNames(schema, this, place);
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      boolean named =
          !schema.has("propertyNames")
              || allows(
                  schema.get("propertyNames"), StringNode.valueOf(entry.getKey()), place, depth);
      if (!named || !allows(names.schemaOf(entry.getKey()), entry.getValue(), place, depth)) {
        return false;
      }
    }
    return true;
  }

  /** The constants of a schema that fit the other keywords beside them. */
  List<JsonNode> constants(ObjectNode schema, String place) {
    ObjectNode rest = schema.deepCopy();
    JsonNode constant = rest.remove("const");
    JsonNode list = rest.remove("enum");
    if (list != null && !list.isArray()) {
      throw new GrammarException(place + "/enum", "expected a list of values");
    }
    List<JsonNode> values = new ArrayList<>();
    if (constant == null) {
      list.forEach(values::add);
    } else {
      values.add(constant);
    }
    values.removeIf(value -> constant != null && list != null && !isIn(list, value));
    values.removeIf(value -> !allows(rest, value, place));
    return values;
  }
}
