package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.ObjectNode;

/** The members of an object, in the schema's order or, for small objects, in any. */
final class ObjectRules {
  private static final int MOST_IN_FREE_ORDER = 6;

  private final JsonSchemaCompiler compiler;
  private final JsonRules json;
  private final String place;
  private final MemberNames members;
  private final List<String> names = new ArrayList<>();
  private final List<JsonNode> schemas = new ArrayList<>();
  private final Set<String> required;
  private final JsonNode additional;
  private final boolean open;
  private final int min;
  private final int max;
  private final boolean counts;
  private Expr extra;

  ObjectRules(ObjectNode schema, String place, JsonSchemaCompiler compiler) {
    this.compiler = compiler;
    this.json = compiler.json();
    this.place = place;
    members = new MemberNames(schema, compiler.evaluation(), place);
    schema.path("properties").propertyNames().forEach(this::add);
    additional = schema.path("additionalProperties");
    open = isOpen(schema);
    List<String> needed = Schemas.names(schema, "required", place);
    required = Set.copyOf(needed);
    needed.stream().filter(name -> !names.contains(name)).forEach(this::add);
    min = Schemas.count(schema, "minProperties", 0, place);
    max = Schemas.count(schema, "maxProperties", Expr.UNBOUNDED, place);
    counts = min > required.size() || max >= 0;
    if (max >= 0 && min > max) {
      throw new Unsatisfiable(
          place, "minProperties %d is more than maxProperties %d".formatted(min, max));
    }
  }

  private void add(String name) {
    names.add(name);
    schemas.add(members.allows(name) ? members.schemaOf(name) : BooleanNode.FALSE);
  }

  /** Others than those listed come where they are asked for, or where none is listed. */
  private boolean isOpen(ObjectNode schema) {
    if (additional.isMissingNode()) {
      boolean closed = schema.has("unevaluatedProperties") || members.hasPatterns();
      return !closed && schemas.stream().allMatch(Schemas::isFalse);
    }
    return !Schemas.isFalse(additional);
  }

  Expr object() {
    boolean anything = names.isEmpty() && additional.isMissingNode() && members.areFree();
    if (anything && open && min == 0 && max < 0) {
      return new Expr.Rule(JsonRules.OBJECT);
    }
    boolean free =
        compiler.order() == PropertyOrder.FREE
            && !open
            && !members.hasPatterns()
            && !counts
            && names.size() <= MOST_IN_FREE_ORDER;
    return json.object(free ? others(0) : from(0, false, 0));
  }

  /**
   * The members that may follow when some are there, in any order.
   *
   * @param present one bit for each property
   */
  private Expr others(int present) {
    return compiler.part(
        "%s, properties beside %s".formatted(place, Integer.toBinaryString(present)),
        () -> inAnyOrder(present));
  }

  private Expr inAnyOrder(int present) {
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
    return oneOf(options);
  }

  private static Expr oneOf(List<Expr> options) {
    return options.size() == 1 ? options.getFirst() : new Expr.Choice(options);
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
    Expr value = compiler.rule(schemas.get(index), place + "/properties/" + Schemas.escaped(name));
    Expr pair = json.pair(JsonRules.quoted(name), value);
    return follows ? Expr.sequence(json.comma(), pair) : pair;
  }

  private Expr choiceFrom(int index, boolean follows, int count) {
    return compiler.part(
        "%s, properties from %d after %s%d".formatted(place, index, follows ? "" : "no ", count),
        () -> choice(index, follows, count));
  }

  private Expr choice(int index, boolean follows, int count) {
    List<Expr> options = new ArrayList<>();
    try {
      if (max < 0 || count < max) {
        options.add(
            Expr.sequence(member(index, follows), from(index + 1, true, count + (counts ? 1 : 0))));
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
    return oneOf(options);
  }

  private Expr extras(boolean follows, int count) {
    int least = counts ? Math.max(0, min - count) : 0;
    int most = max < 0 ? Expr.UNBOUNDED : max - count;
    if (max >= 0 && most < 0) {
      throw new Unsatisfiable(place + "/maxProperties", "more properties are required");
    }
    boolean some = open || members.hasPatterns();
    if (!some && least > 0) {
      throw new Unsatisfiable(place + "/minProperties", "there are not so many properties");
    }
    if (!some || most == 0) {
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
      extra = compiler.part(place + ", other properties", this::anyExtra);
    }
    return extra;
  }

  private Expr anyExtra() {
    if (names.isEmpty() && members.areFree()) {
      return json.pair(new Expr.Rule(JsonRules.STRING), additionalValue());
    }
    List<Expr> options = new ArrayList<>();
    Unsatisfiable last = new Unsatisfiable(place + "/propertyNames", "no other name is allowed");
    for (MemberNames.Others others : members.others(names, plainNames())) {
      if (others.areAdditional() && !open) {
        continue;
      }
      try {
        Expr value =
            others.areAdditional()
                ? additionalValue()
                : compiler.rule(others.schema(), others.place(place));
        options.add(json.pair(quoted(others.names()), value));
      } catch (Unsatisfiable e) {
        last = e;
      }
    }
    if (options.isEmpty()) {
      throw last;
    }
    return oneOf(options);
  }

  private Expr additionalValue() {
    return additional.isMissingNode()
        ? new Expr.Rule(JsonRules.VALUE)
        : compiler.rule(additional, place + "/additionalProperties");
  }

  /** Names without characters that need an escape. */
  private CharAutomaton plainNames() {
    return members.allowed(
        CharAutomaton.of(Expr.many(new Expr.Chars(JsonRules.ESCAPED.complement())), place));
  }

  private static Expr quoted(CharAutomaton names) {
    return Expr.sequence(new Expr.Text("\""), new Expr.Machine(names, true), new Expr.Text("\""));
  }
}
