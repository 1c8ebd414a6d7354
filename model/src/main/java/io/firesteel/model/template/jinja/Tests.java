package io.firesteel.model.template.jinja;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** What may follow {@code is}, by name. */
final class Tests {
  /** One of the tests. */
  interface Test {
    boolean holds(Interpreter in, Value input, Args args);
  }

  static final Map<String, Test> ALL = all();

  private Tests() {}

  private static Map<String, Test> all() {
    Map<String, Test> all = new HashMap<>();
    put(all, "defined", value -> !(value instanceof Undefined));
    put(all, "undefined", value -> value instanceof Undefined);
    put(all, "none", value -> value == None.NONE);
    put(all, "boolean", value -> value instanceof Bool);
    put(all, "true", value -> value instanceof Bool b && b.value());
    put(all, "false", value -> value instanceof Bool b && !b.value());
    put(all, "integer", value -> value instanceof Int);
    put(all, "float", value -> value instanceof Real);
    put(all, "number", Numeric::is);
    put(all, "string", value -> value instanceof Str);
    put(all, "escaped", value -> value instanceof Str s && s.markup());
    put(all, "mapping", value -> value instanceof DictValue);
    put(all, "sequence", Tests::isSequence);
    put(all, "iterable", Tests::isIterable);
    put(
        all,
        "callable",
        value -> value instanceof Callable || value instanceof Loop || value instanceof Undefined);
    all.put("lower", (in, value, args) -> isCase(in, value, args, "lower", false));
    all.put("upper", (in, value, args) -> isCase(in, value, args, "upper", true));
    all.put("odd", (in, value, args) -> rest(in, value, args, "odd", 1));
    all.put("even", (in, value, args) -> rest(in, value, args, "even", 0));
    all.put("divisibleby", Tests::isDivisible);
    all.put("sameas", Tests::isSame);
    all.put(
        "filter",
        (in, value, args) ->
            Filters.ALL.containsKey(in.str(TextFilters.unary(value, args, "filter"))));
    all.put(
        "test",
        (in, value, args) -> Tests.ALL.containsKey(in.str(TextFilters.unary(value, args, "test"))));
    all.put(
        "in", (in, value, args) -> in.operators().contains(args.bind(1, "in", "seq")[0], value));
    relation(all, Expr.Relation.EQUAL, "==", "eq", "equalto");
    relation(all, Expr.Relation.NOT_EQUAL, "!=", "ne");
    relation(all, Expr.Relation.LESS, "<", "lt", "lessthan");
    relation(all, Expr.Relation.LESS_OR_EQUAL, "<=", "le");
    relation(all, Expr.Relation.GREATER, ">", "gt", "greaterthan");
    relation(all, Expr.Relation.GREATER_OR_EQUAL, ">=", "ge");
    return Collections.unmodifiableMap(all);
  }

  private static void put(Map<String, Test> all, String name, Predicate<Value> predicate) {
    all.put(name, (in, value, args) -> predicate.test(TextFilters.unary(value, args, name)));
  }

  private static void relation(Map<String, Test> all, Expr.Relation relation, String... names) {
    for (String name : names) {
      all.put(
          name,
          (in, value, args) ->
              in.operators().holds(relation, value, args.bind(1, name, "other")[0]));
    }
  }

  private static boolean isSequence(Value value) {
    return value instanceof Str
        || value instanceof Undefined
        || value instanceof Container && !(value instanceof ViewValue);
  }

  private static boolean isIterable(Value value) {
    return value instanceof Container
        || value instanceof Str
        || value instanceof Generator
        || value instanceof Undefined
        || value instanceof Loop;
  }

  private static boolean isCase(
      Interpreter in, Value value, Args args, String name, boolean upper) {
    return StringMethods.isCase(in.str(TextFilters.unary(value, args, name)), upper);
  }

  private static boolean rest(Interpreter in, Value value, Args args, String name, int rest) {
    Value modulo =
        in.operators()
            .arithmetic(
                Expr.Operator.MODULO,
                number(TextFilters.unary(value, args, name), name),
                Int.of(2));
    return in.operators().equal(modulo, Int.of(rest));
  }

  private static Value number(Value value, String name) {
    if (value instanceof Str) {
      throw new TemplateException("'is " + name + "' works on numbers, not on strings");
    }
    return value;
  }

  private static boolean isDivisible(Interpreter in, Value value, Args args) {
    Value divisor = args.bind(1, "divisibleby", "num")[0];
    Value rest =
        in.operators().arithmetic(Expr.Operator.MODULO, number(value, "divisibleby"), divisor);
    return in.operators().equal(rest, Int.ZERO);
  }

  /** Of numbers and strings, which have no identity here, equality within the same type. */
  private static boolean isSame(Interpreter in, Value value, Args args) {
    Value other = args.bind(1, "sameas", "other")[0];
    if (value instanceof Container || value instanceof Namespace || value instanceof Generator) {
      return isIdentical(value, other);
    }
    return value.typeName().equals(other.typeName()) && in.operators().equal(value, other);
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean isIdentical(Value value, Value other) {
    return value == other;
  }
}
