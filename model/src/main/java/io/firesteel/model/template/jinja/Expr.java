package io.firesteel.model.template.jinja;

import java.util.List;

/** An expression. {@code line} is the line of the source, from 1. */
sealed interface Expr {
  int line();

  record Literal(Value value, int line) implements Expr {}

  record Name(String name, int line) implements Expr {}

  record ListOf(List<Expr> items, int line) implements Expr {}

  record TupleOf(List<Expr> items, int line) implements Expr {}

  record DictOf(List<Pair> pairs, int line) implements Expr {}

  record Pair(Expr key, Expr value) {}

  record Not(Expr operand, int line) implements Expr {}

  record And(Expr left, Expr right, int line) implements Expr {}

  record Or(Expr left, Expr right, int line) implements Expr {}

  /** {@code then if test else otherwise}; {@code otherwise} is null where it is left out. */
  record Conditional(Expr test, Expr then, Expr otherwise, int line) implements Expr {}

  record Negate(Expr operand, int line) implements Expr {}

  record Plus(Expr operand, int line) implements Expr {}

  record Arithmetic(Operator operator, Expr left, Expr right, int line) implements Expr {}

  enum Operator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    FLOOR_DIVIDE("//"),
    MODULO("%"),
    POWER("**");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    String symbol() {
      return symbol;
    }
  }

  /** {@code a ~ b ~ c}. */
  record Concat(List<Expr> parts, int line) implements Expr {}

  /** {@code first < second <= third}: each neighbouring pair must hold. */
  record Compare(Expr first, List<Comparison> rest, int line) implements Expr {}

  record Comparison(Relation relation, Expr operand) {}

  enum Relation {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    IN("in"),
    NOT_IN("not in");

    private final String symbol;

    Relation(String symbol) {
      this.symbol = symbol;
    }

    String symbol() {
      return symbol;
    }
  }

  record Attribute(Expr target, String name, int line) implements Expr {}

  record Subscript(Expr target, Expr key, int line) implements Expr {}

  /** {@code start:stop:step} in a subscript; parts left out are null. */
  record Slice(Expr start, Expr stop, Expr step, int line) implements Expr {}

  record Call(Expr target, Arguments arguments, int line) implements Expr {}

  /**
   * {@code input | name(arguments)}; a null input is the body of a filter block or block
   * assignment.
   */
  record Filter(Expr input, String name, Arguments arguments, int line) implements Expr {}

  record Test(Expr input, String name, Arguments arguments, int line) implements Expr {}

  /**
   * Arguments of a call; {@code spread} and {@code spreadNamed} are {@code *a} and {@code **b}, or
   * null.
   */
  record Arguments(List<Expr> positional, List<Named> named, Expr spread, Expr spreadNamed) {
    static final Arguments NONE = new Arguments(List.of(), List.of(), null, null);

    boolean areNone() {
      return positional.isEmpty() && named.isEmpty() && spread == null && spreadNamed == null;
    }
  }

  record Named(String name, Expr value) {}
}
