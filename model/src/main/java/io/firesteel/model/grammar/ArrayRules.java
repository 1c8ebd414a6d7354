package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The items of an array. */
final class ArrayRules {
  private static final int MOST_DISTINCT = 8;
  private static final int MOST_COUNTED = 2_000;

  private final JsonSchemaCompiler compiler;
  private final JsonRules json;
  private final ObjectNode schema;
  private final String place;
  private final JsonNode prefix;
  private final JsonNode items;
  private final int min;
  private final int max;

  ArrayRules(ObjectNode schema, String place, JsonSchemaCompiler compiler) {
    this.compiler = compiler;
    this.json = compiler.json();
    this.schema = schema;
    this.place = place;
    prefix = schema.path("prefixItems");
    items = schema.path("items");
    min = Schemas.count(schema, "minItems", 0, place);
    max = Schemas.count(schema, "maxItems", Expr.UNBOUNDED, place);
    if (max >= 0 && min > max) {
      throw new Unsatisfiable(place, "minItems %d is more than maxItems %d".formatted(min, max));
    }
  }

  Expr array() {
    boolean unique = schema.path("uniqueItems").asBoolean(false) && (max < 0 || max > 1);
    boolean counted = schema.has("contains");
    if (unique) {
      if (counted) {
        throw new GrammarException(
            place + "/uniqueItems", "a grammar cannot compare items that it counts: leave it out");
      }
      return json.array(distinct());
    }
    if (counted) {
      return json.array(new Counted().from(0, 0));
    }
    if (prefix.isMissingNode() && items.isMissingNode() && min == 0 && max < 0) {
      return new Expr.Rule(JsonRules.ARRAY);
    }
    return json.array(from(0));
  }

  private Expr from(int index) {
    if (max == index) {
      return Expr.EMPTY;
    }
    if (index == prefix.size()) {
      return further(index);
    }
    Expr item;
    try {
      item = compiler.rule(prefix.get(index), place + "/prefixItems/" + index);
    } catch (Unsatisfiable e) {
      if (index >= min) {
        return Expr.EMPTY;
      }
      throw e;
    }
    Expr some = Expr.sequence(separated(index, item), from(index + 1));
    return index >= min ? Expr.optional(some) : some;
  }

  private Expr separated(int index, Expr item) {
    return index == 0 ? item : Expr.sequence(json.comma(), item);
  }

  private Expr further(int index) {
    int least = Math.max(0, min - index);
    int most = max < 0 ? Expr.UNBOUNDED : max - index;
    Expr item;
    try {
      item =
          items.isMissingNode()
              ? new Expr.Rule(JsonRules.VALUE)
              : compiler.rule(items, place + "/items");
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

  /** Some of a few constants in any order, each at most once. */
  private Expr distinct() {
    List<JsonNode> values = prefix.isMissingNode() ? constants() : List.of();
    if (values.isEmpty() || values.size() > MOST_DISTINCT) {
      throw new GrammarException(
          place + "/uniqueItems",
          "a grammar cannot compare items: list at most %d values for them in an enum, or leave it out"
              .formatted(MOST_DISTINCT));
    }
    if (min > values.size()) {
      throw new Unsatisfiable(
          place, "minItems is %d, but there are %d values".formatted(min, values.size()));
    }
    return beside(0, values);
  }

  /** What an item may be, if the schema lists it. */
  private List<JsonNode> constants() {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode value : listed(items, 0)) {
      boolean known = found.stream().anyMatch(other -> Evaluation.same(other, value));
      if (!known && compiler.evaluation().allows(items, value, place + "/items")) {
        found.add(value);
      }
    }
    return found;
  }

  private List<JsonNode> listed(JsonNode item, int depth) {
    if (item.has("enum")) {
      return item.get("enum").valueStream().toList();
    }
    if (item.has("const")) {
      return List.of(item.get("const"));
    }
    if (item.path("$ref").isString() && depth < 10) {
      String reference = item.get("$ref").stringValue();
      return listed(compiler.resolver().resolve(reference, place + "/items"), depth + 1);
    }
    if (item.has("type") && Set.of("boolean", "null").containsAll(Schemas.types(item, place))) {
      ArrayNode literals = JsonMapper.shared().createArrayNode().add(true).add(false).addNull();
      return literals.valueStream().toList();
    }
    return List.of();
  }

  private Expr beside(int present, List<JsonNode> values) {
    return compiler.part(
        "%s, items beside %s".formatted(place, Integer.toBinaryString(present)),
        () -> {
          int count = Integer.bitCount(present);
          List<Expr> options = new ArrayList<>();
          for (int i = 0; i < values.size() && count != max; i++) {
            if ((present >> i & 1) == 0) {
              Expr item = separated(count, json.constant(values.get(i)));
              options.add(Expr.sequence(item, beside(present | 1 << i, values)));
            }
          }
          if (count >= min) {
            options.add(Expr.EMPTY);
          }
          return new Expr.Choice(options);
        });
  }

  /** Items of which some, or not too many, fit {@code contains}. */
  private final class Counted {
    private final JsonNode wanted = schema.get("contains");
    private final int least = Schemas.count(schema, "minContains", 1, place);
    private final int most = Schemas.count(schema, "maxContains", Expr.UNBOUNDED, place);

    /** From this index on all items are alike. */
    private final int alike = Math.max(Math.max(min, max), prefix.size());

    private final int enough = most < 0 ? least : most;

    Counted() {
      if (most >= 0 && most < least) {
        throw new Unsatisfiable(place + "/maxContains", "is less than minContains");
      }
      if ((long) (alike + 1) * (enough + 1) > MOST_COUNTED) {
        throw new GrammarException(
            place + "/contains", "the counts beside it are too large for a grammar");
      }
    }

    /** The items from an index on, when some before it fit. */
    Expr from(int index, int found) {
      return compiler.part(
          "%s, items from %d after %d found".formatted(place, index, found),
          () -> options(index, found));
    }

    private Expr options(int index, int found) {
      List<Expr> options = new ArrayList<>();
      Unsatisfiable last = new Unsatisfiable(place + "/contains", "there are too few items");
      if (index >= min && found >= least) {
        options.add(Expr.EMPTY);
      }
      boolean room = max < 0 || index < max;
      int after = max < 0 ? Math.min(index + 1, alike + 1) : index + 1;
      if (room && (most < 0 || found < most)) {
        int before = options.size();
        last = add(options, index, true, after, Math.min(found + 1, enough), last);
        if (options.size() == before && found < least && index >= prefix.size()) {
          throw last; // nor will a later item fit
        }
      }
      if (room) {
        last = add(options, index, false, after, found, last);
      }
      if (options.isEmpty()) {
        throw last;
      }
      return new Expr.Choice(options);
    }

    private Unsatisfiable add(
        List<Expr> options, int index, boolean fits, int after, int found, Unsatisfiable before) {
      try {
        options.add(Expr.sequence(separated(index, item(index, fits)), from(after, found)));
        return before;
      } catch (Unsatisfiable e) {
        return e;
      }
    }

    private Expr item(int index, boolean fits) {
      boolean listed = index < prefix.size();
      JsonNode own = listed ? prefix.get(index) : items;
      String at = place + (listed ? "/prefixItems/" + index : "/items");
      if (!fits && most < 0) {
        return own.isMissingNode() ? new Expr.Rule(JsonRules.VALUE) : compiler.rule(own, at);
      }
      List<JsonNode> parts = new ArrayList<>();
      if (!own.isMissingNode()) {
        parts.add(own);
      }
      if (fits) {
        parts.add(wanted);
      } else {
        ObjectNode other = JsonMapper.shared().createObjectNode();
        other.set("not", wanted);
        parts.add(other);
      }
      String joint = listed ? at + "/contains" : place + "/contains";
      return compiler.rule(Schemas.allOf(parts), fits ? joint : joint + "/not");
    }
  }
}
