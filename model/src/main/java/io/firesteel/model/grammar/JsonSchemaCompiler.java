package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Turns a JSON Schema into rules, one for each place of the schema that is reached. */
final class JsonSchemaCompiler {
  /** Name of the rule for the whole schema. */
  static final String ROOT = "#";

  private static final int DEEPEST = 200;
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final JsonNode root;
  private final PropertyOrder order;
  private final JsonRules json;
  private final SchemaMerger merger = new SchemaMerger(this::resolve);
  private final Evaluation evaluation = new Evaluation(this::resolve);
  private final Map<String, Expr> rules = new LinkedHashMap<>();
  private final Map<String, Unsatisfiable> hopeless = new HashMap<>();
  private int depth;

  JsonSchemaCompiler(JsonNode root, JsonSpacing spacing, PropertyOrder order) {
    this.root = root;
    this.order = order;
    this.json = new JsonRules(spacing);
  }

  static JsonNode parse(String schema) {
    try {
      return STRICT.readTree(schema);
    } catch (JacksonException e) {
      throw new GrammarException(ROOT, "the schema is not JSON: " + e.getOriginalMessage());
    }
  }

  /** The rules; {@link #ROOT} describes the whole text. */
  Map<String, Expr> compile() {
    json.addTo(rules);
    try {
      rule(root, ROOT);
    } catch (Unsatisfiable e) {
      throw e.asError();
    }
    return rules;
  }

  /** The rule of a schema at a place, made when it is first asked for. */
  Expr rule(JsonNode schema, String place) {
    return part(
        place,
        () -> {
          if (++depth > DEEPEST) {
            throw new GrammarException(place, "nested more than " + DEEPEST + " deep");
          }
          try {
            return expression(schema, place);
          } finally {
            depth--;
          }
        });
  }

  private JsonNode resolve(String reference, String place) {
    if (!reference.startsWith("#")) {
      throw new GrammarException(
          place + "/$ref", "'" + reference + "' is outside of this schema: put it into $defs");
    }
    JsonNode target =
        reference.length() == 1 || reference.startsWith("#/")
            ? root.at(JsonPointer.compile(reference.substring(1)))
            : anchor(reference.substring(1));
    if (target == null || target.isMissingNode()) {
      throw new GrammarException(place + "/$ref", "there is nothing at '" + reference + "'");
    }
    return target;
  }

  private JsonNode anchor(String name) {
    return root.findParents("$anchor").stream()
        .filter(node -> node.get("$anchor").isString())
        .filter(node -> node.get("$anchor").stringValue().equals(name))
        .findFirst()
        .orElse(null);
  }

  private Expr expression(JsonNode schema, String place) {
    if (schema.isBoolean()) {
      if (!schema.booleanValue()) {
        throw new Unsatisfiable(place, "the schema is false");
      }
      return new Expr.Rule(JsonRules.VALUE);
    }
    ObjectNode plain = Schemas.restricting(schema, place);
    JsonNode reference = plain.remove("$ref");
    if (reference != null) {
      JsonNode target = resolve(reference.asString(), place);
      return plain.isEmpty()
          ? rule(target, reference.asString())
          : expression(merger.merge(target, plain, place), place);
    }
    if (plain.has("enum") || plain.has("const")) {
      return constants(plain, place);
    }
    JsonNode allOf = plain.remove("allOf");
    if (allOf != null) {
      List<JsonNode> parts = new ArrayList<>(List.of(plain));
      allOf.forEach(parts::add);
      return expression(merger.merge(parts, place), place);
    }
    JsonNode refused = plain.remove("not");
    if (refused != null) {
      JsonNode rest = new Negation(this::resolve).of(refused, place + "/not");
      if (Schemas.isFalse(rest)) {
        throw new Unsatisfiable(place + "/not", "it refuses every value");
      }
      return expression(merger.merge(plain, rest, place), place);
    }
    for (String keyword : List.of("anyOf", "oneOf")) {
      JsonNode branches = plain.remove(keyword);
      if (branches != null) {
        return branches(plain, branches, keyword, place);
      }
    }
    return byType(plain, place);
  }

  private Expr branches(ObjectNode base, JsonNode branches, String keyword, String place) {
    List<Expr> options = new ArrayList<>();
    List<JsonNode> whole = new ArrayList<>();
    Unsatisfiable last = new Unsatisfiable(place + "/" + keyword, "there are no branches");
    for (int i = 0; i < branches.size(); i++) {
      String at = place + "/" + keyword + "/" + i;
      try {
        JsonNode branch =
            base.isEmpty() ? branches.get(i) : merger.merge(base, branches.get(i), at);
        options.add(rule(branch, at));
        whole.add(branch);
      } catch (Unsatisfiable e) {
        last = e;
      }
    }
    if (options.isEmpty()) {
      throw last;
    }
    if (keyword.equals("oneOf")) {
      new Exclusion(merger, evaluation).check(whole, place + "/oneOf");
    }
    return options.size() == 1 ? options.getFirst() : new Expr.Choice(options);
  }

  private Expr constants(ObjectNode schema, String place) {
    String keyword = schema.has("const") ? "const" : "enum";
    List<Expr> options =
        evaluation.constants(schema, place).stream().map(json::constant).distinct().toList();
    if (options.isEmpty()) {
      throw new Unsatisfiable(
          place + "/" + keyword, "none of its values fits the other keywords beside it");
    }
    return options.size() == 1 ? options.getFirst() : new Expr.Choice(options);
  }

  private Expr byType(ObjectNode schema, String place) {
    Set<String> types = Schemas.types(schema, place);
    if (schema.isEmpty()) {
      return new Expr.Rule(JsonRules.VALUE);
    }
    List<Expr> options = new ArrayList<>();
    Unsatisfiable last = new Unsatisfiable(place + "/type", "no type is left");
    for (String type : types) {
      try {
        options.add(ofType(type, schema, place));
      } catch (Unsatisfiable e) {
        last = e;
      }
    }
    if (options.isEmpty()) {
      throw last;
    }
    return options.size() == 1 ? options.getFirst() : new Expr.Choice(options);
  }

  private Expr ofType(String type, ObjectNode schema, String place) {
    return switch (type) {
      case "null", "boolean" -> literals(type, schema, place);
      case "string" -> StringRules.of(schema, place);
      case "integer" -> NumberRules.of(schema, true, place);
      case "number" -> NumberRules.of(schema, false, place);
      case "array" -> {
        requireNoneRefused(schema, JsonNode::isArray, place);
        yield new ArrayRules(schema, place, this).array();
      }
      default -> {
        requireNoneRefused(schema, JsonNode::isObject, place);
        yield new ObjectRules(schema, place, this).object();
      }
    };
  }

  private static Expr literals(String type, ObjectNode schema, String place) {
    List<Expr> left = new ArrayList<>();
    for (String literal : type.equals("null") ? List.of("null") : List.of("true", "false")) {
      JsonNode refused = schema.path(Schemas.NOT_ENUM);
      if (refused.valueStream().noneMatch(value -> value.toString().equals(literal))) {
        left.add(new Expr.Text(literal));
      }
    }
    if (left.isEmpty()) {
      throw new Unsatisfiable(place + "/not", "it refuses all that is left");
    }
    return left.size() == 1 ? left.getFirst() : new Expr.Choice(left);
  }

  private static void requireNoneRefused(
      ObjectNode schema, Predicate<JsonNode> kind, String place) {
    if (schema.path(Schemas.NOT_ENUM).valueStream().anyMatch(kind)) {
      throw new Unsatisfiable(
          place + "/not", "a grammar cannot tell an array or object from the one refused");
    }
  }

  JsonRules json() {
    return json;
  }

  PropertyOrder order() {
    return order;
  }

  Evaluation evaluation() {
    return evaluation;
  }

  SchemaMerger.Resolver resolver() {
    return this::resolve;
  }

  /** A rule for a part of a place, made when it is first asked for. */
  Expr part(String name, Supplier<Expr> body) {
    Unsatisfiable known = hopeless.get(name);
    if (known != null) {
      throw known;
    }
    if (!rules.containsKey(name)) {
      rules.put(name, new Expr.Choice(List.of()));
      try {
        rules.put(name, body.get());
      } catch (Unsatisfiable e) {
        hopeless.put(name, e);
        throw e;
      }
    }
    return new Expr.Rule(name);
  }
}
