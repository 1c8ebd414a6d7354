package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final int MOST_IN_FREE_ORDER = 6;
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final JsonNode root;
  private final PropertyOrder order;
  private final JsonRules json;
  private final SchemaMerger merger = new SchemaMerger(this::resolve);
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
  private Expr rule(JsonNode schema, String place) {
    Unsatisfiable known = hopeless.get(place);
    if (known != null) {
      throw known;
    }
    if (!rules.containsKey(place)) {
      if (++depth > DEEPEST) {
        throw new GrammarException(place, "nested more than " + DEEPEST + " deep");
      }
      rules.put(place, new Expr.Choice(List.of()));
      try {
        rules.put(place, expression(schema, place));
      } catch (Unsatisfiable e) {
        hopeless.put(place, e);
        throw e;
      } finally {
        depth--;
      }
    }
    return new Expr.Rule(place);
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
        .filter(node -> node.path("$anchor").asString().equals(name))
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
    JsonNode allOf = plain.remove("allOf");
    if (allOf != null) {
      List<JsonNode> parts = new ArrayList<>(List.of(plain));
      allOf.forEach(parts::add);
      return expression(merger.merge(parts, place), place);
    }
    for (String keyword : List.of("anyOf", "oneOf")) {
      JsonNode branches = plain.remove(keyword);
      if (branches != null) {
        return branches(plain, branches, keyword, place);
      }
    }
    if (plain.has("enum") || plain.has("const")) {
      return constants(plain, place);
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
      new Exclusion(merger).check(whole, place + "/oneOf");
    }
    return options.size() == 1 ? options.getFirst() : new Expr.Choice(options);
  }

  private Expr constants(ObjectNode schema, String place) {
    String keyword = schema.has("const") ? "const" : "enum";
    List<Expr> options =
        new Exclusion(merger)
            .constants(schema, place).stream().map(json::constant).distinct().toList();
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
      case "null" -> new Expr.Text("null");
      case "boolean" -> Expr.choice(new Expr.Text("true"), new Expr.Text("false"));
      case "string" -> StringRules.of(schema, place);
      case "integer" -> NumberRules.of(schema, true, place);
      case "number" -> NumberRules.of(schema, false, place);
      case "array" -> array(schema, place);
      default -> new Members(schema, place).object();
    };
  }

  private Expr array(ObjectNode schema, String place) {
    JsonNode prefix = schema.path("prefixItems");
    JsonNode items = schema.path("items");
    if (items.isArray()) {
      throw new GrammarException(place + "/items", "a list of schemas is called prefixItems");
    }
    int min = Schemas.count(schema, "minItems", 0, place);
    int max = Schemas.count(schema, "maxItems", Expr.UNBOUNDED, place);
    if (schema.path("uniqueItems").asBoolean(false) && (max < 0 || max > 1)) {
      throw new GrammarException(
          place + "/uniqueItems", "a grammar cannot compare items: leave it out");
    }
    if (max >= 0 && min > max) {
      throw new Unsatisfiable(place, "minItems %d is more than maxItems %d".formatted(min, max));
    }
    if (prefix.isMissingNode() && items.isMissingNode() && min == 0 && max < 0) {
      return new Expr.Rule(JsonRules.ARRAY);
    }
    return json.array(items(prefix, items, 0, min, max, place));
  }

  private Expr items(JsonNode prefix, JsonNode items, int index, int min, int max, String place) {
    if (max == index) {
      return Expr.EMPTY;
    }
    Expr comma = index == 0 ? Expr.EMPTY : json.comma();
    if (index == prefix.size()) {
      return furtherItems(items, index, min, max, place);
    }
    Expr item;
    try {
      item = rule(prefix.get(index), place + "/prefixItems/" + index);
    } catch (Unsatisfiable e) {
      if (index >= min) {
        return Expr.EMPTY;
      }
      throw e;
    }
    Expr some = Expr.sequence(comma, item, items(prefix, items, index + 1, min, max, place));
    return index >= min ? Expr.optional(some) : some;
  }

  private Expr furtherItems(JsonNode items, int index, int min, int max, String place) {
    int least = Math.max(0, min - index);
    int most = max < 0 ? Expr.UNBOUNDED : max - index;
    Expr item;
    try {
      item = items.isMissingNode() ? new Expr.Rule(JsonRules.VALUE) : rule(items, place + "/items");
    } catch (Unsatisfiable e) {
      if (least == 0) {
        return Expr.EMPTY;
      }
      throw e;
    }
    return index == 0
        ? json.list(item, least, most)
        : new Expr.Repeat(Expr.sequence(json.comma(), item), least, most);
  }

  /** The members of an object, in the schema's order. */
  private final class Members {
    private final String place;
    private final List<String> names = new ArrayList<>();
    private final List<JsonNode> schemas = new ArrayList<>();
    private final Set<String> required;
    private final JsonNode additional;
    private final boolean open;
    private final int min;
    private final int max;
    private final boolean counts;
    private Expr extra;

    Members(ObjectNode schema, String place) {
      this.place = place;
      JsonNode properties = schema.path("properties");
      if (!properties.isMissingNode() && !properties.isObject()) {
        throw new GrammarException(place + "/properties", "expected an object of schemas");
      }
      properties
          .propertyStream()
          .forEach(
              entry -> {
                names.add(entry.getKey());
                schemas.add(entry.getValue());
              });
      additional = schema.path("additionalProperties");
      open =
          additional.isMissingNode()
              ? names.isEmpty()
              : !additional.isBoolean() || additional.booleanValue();
      required = Set.copyOf(Schemas.names(schema, "required", place));
      Schemas.names(schema, "required", place).forEach(this::addUnlisted);
      min = Schemas.count(schema, "minProperties", 0, place);
      max = Schemas.count(schema, "maxProperties", Expr.UNBOUNDED, place);
      counts = min > required.size() || max >= 0;
      if (max >= 0 && min > max) {
        throw new Unsatisfiable(
            place, "minProperties %d is more than maxProperties %d".formatted(min, max));
      }
    }

    private void addUnlisted(String name) {
      if (!names.contains(name)) {
        names.add(name);
        schemas.add(additional.isMissingNode() ? STRICT.createObjectNode() : additional);
      }
    }

    Expr object() {
      if (names.isEmpty() && additional.isMissingNode() && min == 0 && max < 0) {
        return new Expr.Rule(JsonRules.OBJECT);
      }
      boolean free =
          order == PropertyOrder.FREE && !open && !counts && names.size() <= MOST_IN_FREE_ORDER;
      return json.object(free ? others(0) : from(0, false, 0));
    }

    /**
     * The members that may follow when some are there, in any order.
     *
     * @param present one bit for each property
     */
    private Expr others(int present) {
      String name = "%s, properties beside %s".formatted(place, Integer.toBinaryString(present));
      if (rules.containsKey(name)) {
        return new Expr.Rule(name);
      }
      rules.put(name, new Expr.Choice(List.of()));
      List<Expr> options = new ArrayList<>();
      boolean complete = true;
      for (int i = 0; i < names.size(); i++) {
        if ((present >> i & 1) == 0) {
          boolean needed = required.contains(names.get(i));
          complete &= !needed;
          try {
            options.add(Expr.sequence(member(i, present != 0), others(present | 1 << i)));
          } catch (Unsatisfiable e) {
            if (needed) {
              throw e;
            }
          }
        }
      }
      if (complete) {
        options.add(Expr.EMPTY);
      }
      rules.put(name, options.size() == 1 ? options.getFirst() : new Expr.Choice(options));
      return new Expr.Rule(name);
    }

    /**
     * The members from a property on.
     *
     * @param any whether there is one before
     * @param count number of those before, or 0 if that does not matter
     */
    private Expr from(int index, boolean any, int count) {
      List<Expr> parts = new ArrayList<>();
      int i = index;
      boolean follows = any;
      int so = count;
      while (i < names.size() && required.contains(names.get(i))) {
        parts.add(member(i++, follows));
        follows = true;
        so += counts ? 1 : 0;
      }
      parts.add(i == names.size() ? extras(follows, so) : choiceFrom(i, follows, so));
      return new Expr.Sequence(parts);
    }

    private Expr member(int index, boolean follows) {
      String name = names.get(index);
      Expr value = rule(schemas.get(index), place + "/properties/" + Schemas.escaped(name));
      Expr pair = json.pair(JsonRules.quoted(name), value);
      return follows ? Expr.sequence(json.comma(), pair) : pair;
    }

    private Expr choiceFrom(int index, boolean follows, int count) {
      String name =
          "%s, properties from %d after %s%d".formatted(place, index, follows ? "" : "no ", count);
      if (hopeless.containsKey(name)) {
        throw hopeless.get(name);
      }
      if (!rules.containsKey(name)) {
        rules.put(name, new Expr.Choice(List.of()));
        try {
          rules.put(name, choice(index, follows, count));
        } catch (Unsatisfiable e) {
          hopeless.put(name, e);
          throw e;
        }
      }
      return new Expr.Rule(name);
    }

    private Expr choice(int index, boolean follows, int count) {
      List<Expr> options = new ArrayList<>();
      try {
        if (max < 0 || count < max) {
          options.add(
              Expr.sequence(
                  member(index, follows), from(index + 1, true, count + (counts ? 1 : 0))));
        }
      } catch (Unsatisfiable _) {
        // then the property is left out
      }
      try {
        options.add(from(index + 1, follows, count));
      } catch (Unsatisfiable e) {
        if (options.isEmpty()) {
          throw e;
        }
      }
      return options.size() == 1 ? options.getFirst() : new Expr.Choice(options);
    }

    private Expr extras(boolean follows, int count) {
      int least = counts ? Math.max(0, min - count) : 0;
      int most = max < 0 ? Expr.UNBOUNDED : max - count;
      if (max >= 0 && most < 0) {
        throw new Unsatisfiable(place + "/maxProperties", "more properties are required");
      }
      if (!open && least > 0) {
        throw new Unsatisfiable(place + "/minProperties", "there are not so many properties");
      }
      if (!open || most == 0) {
        return Expr.EMPTY;
      }
      if (least > 1) {
        throw new GrammarException(
            place + "/minProperties",
            "a grammar cannot keep the names of additional properties apart: list properties");
      }
      Expr one;
      try {
        one = extra();
      } catch (Unsatisfiable e) {
        if (least > 0) {
          throw e;
        }
        return Expr.EMPTY;
      }
      return follows
          ? new Expr.Repeat(Expr.sequence(json.comma(), one), least, most)
          : json.list(one, least, most);
    }

    private Expr extra() {
      if (extra == null) {
        Expr value =
            additional.isMissingNode()
                ? new Expr.Rule(JsonRules.VALUE)
                : rule(additional, place + "/additionalProperties");
        extra = json.pair(names.isEmpty() ? new Expr.Rule(JsonRules.STRING) : otherName(), value);
      }
      return extra;
    }

    /** A name that is none of those listed, without characters that need an escape. */
    private Expr otherName() {
      List<Expr> listed = new ArrayList<>();
      names.forEach(name -> listed.add(new Expr.Text(name)));
      CharAutomaton others = CharAutomaton.of(new Expr.Choice(listed), place).complement();
      CharAutomaton plain =
          CharAutomaton.of(Expr.many(new Expr.Chars(JsonRules.ESCAPED.complement())), place);
      return Expr.sequence(
          new Expr.Text("\""),
          new Expr.Machine(others.intersect(plain, place), true),
          new Expr.Text("\""));
    }
  }
}
