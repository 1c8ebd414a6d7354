package io.firesteel.model.template.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** Arithmetic and comparison as Python has them. */
final class Operators {
  private final Budget budget;

  Operators(Budget budget) {
    this.budget = budget;
  }

  Value arithmetic(Expr.Operator operator, Value a, Value b) {
    requireDefined(a);
    requireDefined(b);
    if (a instanceof Str s && operator == Expr.Operator.MODULO) {
      return PercentFormat.format(s, b, budget);
    }
    if (Numeric.is(a) && Numeric.is(b)) {
      return Numeric.isInteger(a) && Numeric.isInteger(b)
          ? integers(operator, Numeric.integer(a), Numeric.integer(b))
          : new Real(reals(operator, Numeric.real(a), Numeric.real(b)));
    }
    Value result =
        switch (operator) {
          case ADD -> joined(a, b);
          case MULTIPLY ->
              Numeric.isInteger(b) ? repeated(a, b) : Numeric.isInteger(a) ? repeated(b, a) : null;
          default -> null;
        };
    if (result == null) {
      throw unsupported(operator, a, b);
    }
    return result;
  }

  private static void requireDefined(Value value) {
    if (value instanceof Undefined u) {
      throw u.used();
    }
  }

  private static TemplateException unsupported(Expr.Operator operator, Value a, Value b) {
    if (operator == Expr.Operator.ADD && a instanceof Str) {
      return new TemplateException("can only concatenate str (not '" + b.typeName() + "') to str");
    }
    return new TemplateException(
        "unsupported operand types for "
            + operator.symbol()
            + ": '"
            + a.typeName()
            + "' and '"
            + b.typeName()
            + "'");
  }

  private Value joined(Value a, Value b) {
    if (a instanceof Str x && b instanceof Str y) {
      return concat(x, y);
    }
    if (a instanceof ListValue x && b instanceof ListValue y) {
      return new ListValue(joined(x.items(), y.items()));
    }
    if (a instanceof TupleValue x && b instanceof TupleValue y) {
      return new TupleValue(joined(x.items(), y.items()));
    }
    return null;
  }

  private Str concat(Str a, Str b) {
    if (a.markup() == b.markup()) {
      budget.characters((long) a.text().length() + b.text().length());
      return new Str(a.text() + b.text(), a.markup());
    }
    String left = a.markup() ? a.text() : Strings.escapeHtml(a.text());
    String right = b.markup() ? b.text() : Strings.escapeHtml(b.text());
    return budget.str(left + right, true);
  }

  private List<Value> joined(List<Value> a, List<Value> b) {
    budget.elements((long) a.size() + b.size());
    List<Value> all = new ArrayList<>(a.size() + b.size());
    all.addAll(a);
    all.addAll(b);
    return all;
  }

  private Value repeated(Value value, Value count) {
    long times = Access.clamp(Numeric.integer(count).max(BigInteger.ZERO));
    return switch (value) {
      case Str s -> {
        budget.characters(product(s.text().length(), times));
        yield new Str(s.text().isEmpty() ? "" : s.text().repeat((int) times), s.markup());
      }
      case ListValue l -> new ListValue(repeated(l.items(), times));
      case TupleValue t -> new TupleValue(repeated(t.items(), times));
      default -> null;
    };
  }

  private List<Value> repeated(List<Value> items, long times) {
    budget.elements(product(items.size(), times));
    List<Value> all = new ArrayList<>();
    for (long i = 0; i < times && !items.isEmpty(); i++) {
      all.addAll(items);
    }
    return all;
  }

  private static long product(long size, long times) {
    long high = Math.multiplyHigh(size, times);
    return high != 0 || size * times < 0 ? Long.MAX_VALUE : size * times;
  }

  private static Value integers(Expr.Operator operator, BigInteger a, BigInteger b) {
    return switch (operator) {
      case ADD -> new Int(a.add(b));
      case SUBTRACT -> new Int(a.subtract(b));
      case MULTIPLY -> new Int(a.multiply(b));
      case DIVIDE -> new Real(quotient(a, b));
      case FLOOR_DIVIDE -> new Int(floorDivide(a, b));
      case MODULO -> new Int(a.subtract(floorDivide(a, b).multiply(b)));
      case POWER -> power(a, b);
    };
  }

  private static double quotient(BigInteger a, BigInteger b) {
    requireDivisor(b.signum() != 0);
    return a.bitLength() <= 53 && b.bitLength() <= 53
        ? a.doubleValue() / b.doubleValue()
        : new java.math.BigDecimal(a)
            .divide(new java.math.BigDecimal(b), java.math.MathContext.DECIMAL128)
            .doubleValue();
  }

  private static void requireDivisor(boolean notZero) {
    if (!notZero) {
      throw new TemplateException("division by zero");
    }
  }

  private static BigInteger floorDivide(BigInteger a, BigInteger b) {
    requireDivisor(b.signum() != 0);
    BigInteger[] parts = a.divideAndRemainder(b);
    boolean roundsDown = parts[1].signum() != 0 && parts[1].signum() != b.signum();
    return roundsDown ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  private static Value power(BigInteger base, BigInteger exponent) {
    if (exponent.signum() < 0) {
      requireDivisor(base.signum() != 0);
      return new Real(Math.pow(base.doubleValue(), exponent.doubleValue()));
    }
    boolean small = base.abs().bitLength() <= 1;
    long bits = product(base.abs().bitLength(), Access.clamp(exponent));
    if (!small && bits > 2L * Int.MAX_BITS) {
      throw new TemplateLimitException("a power of more than " + Int.MAX_BITS + " bits");
    }
    if (small) {
      boolean negative = base.signum() < 0 && exponent.testBit(0);
      return exponent.signum() == 0 ? Int.of(1) : new Int(negative ? base : base.abs());
    }
    return new Int(base.pow(exponent.intValueExact()));
  }

  private static double reals(Expr.Operator operator, double a, double b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> {
        requireDivisor(b != 0);
        yield a / b;
      }
      case FLOOR_DIVIDE -> {
        requireDivisor(b != 0);
        yield floorDivide(a, b);
      }
      case MODULO -> {
        requireDivisor(b != 0);
        yield modulo(a, b);
      }
      case POWER -> power(a, b);
    };
  }

  private static double modulo(double a, double b) {
    double rest = a % b;
    if (rest == 0) {
      return Math.copySign(0.0, b);
    }
    return rest < 0 == b < 0 ? rest : rest + b;
  }

  private static double floorDivide(double a, double b) {
    double quotient = (a - modulo(a, b)) / b;
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static double power(double a, double b) {
    requireDivisor(a != 0 || b >= 0);
    double result = Math.pow(a, b);
    if (Double.isNaN(result) && !Double.isNaN(a) && !Double.isNaN(b)) {
      throw new TemplateException("a root of a negative number");
    }
    return result;
  }

  Value negate(Value value) {
    requireDefined(value);
    return switch (value) {
      case Int _, Bool _ -> new Int(Numeric.integer(value).negate());
      case Real r -> new Real(-r.value());
      default ->
          throw new TemplateException("bad operand type for unary -: '" + value.typeName() + "'");
    };
  }

  Value plus(Value value) {
    requireDefined(value);
    return switch (value) {
      case Int _, Bool _ -> new Int(Numeric.integer(value));
      case Real r -> r;
      default ->
          throw new TemplateException("bad operand type for unary +: '" + value.typeName() + "'");
    };
  }

  boolean holds(Expr.Relation relation, Value a, Value b) {
    return switch (relation) {
      case EQUAL -> equal(a, b);
      case NOT_EQUAL -> !equal(a, b);
      case LESS -> compare(a, b, "<") < 0 && ordered(a, b);
      case LESS_OR_EQUAL -> compare(a, b, "<=") <= 0 && ordered(a, b);
      case GREATER -> compare(a, b, ">") > 0 && ordered(a, b);
      case GREATER_OR_EQUAL -> compare(a, b, ">=") >= 0 && ordered(a, b);
      case IN -> contains(b, a);
      case NOT_IN -> !contains(b, a);
    };
  }

  private static boolean ordered(Value a, Value b) {
    return !Numeric.isNan(a) && !Numeric.isNan(b);
  }

  boolean equal(Value a, Value b) {
    budget.steps(cost(a, b));
    return a.equals(b);
  }

  /** Steps that a comparison may take. */
  private static long cost(Value a, Value b) {
    if (a instanceof Container x && b instanceof Container y) {
      return Math.min(x.shape().weight(), y.shape().weight());
    }
    return a instanceof Str s ? s.text().length() / 256 : 0;
  }

  /** Python's order among numbers, strings, lists and tuples; an exception for any other pair. */
  int compare(Value a, Value b, String symbol) {
    requireDefined(a);
    requireDefined(b);
    budget.steps(cost(a, b));
    if (Numeric.is(a) && Numeric.is(b)) {
      return Numeric.compare(a, b);
    }
    if (a instanceof Str x && b instanceof Str y) {
      return compareCodePoints(x.text(), y.text());
    }
    if (a instanceof ListValue x && b instanceof ListValue y) {
      return compareItems(x.items(), y.items(), symbol);
    }
    if (a instanceof TupleValue x && b instanceof TupleValue y) {
      return compareItems(x.items(), y.items(), symbol);
    }
    throw new TemplateException(
        "'" + symbol + "' not supported between '" + a.typeName() + "' and '" + b.typeName() + "'");
  }

  private static int compareCodePoints(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      if (a.charAt(i) != b.charAt(i)) {
        boolean surrogates =
            Character.isSurrogate(a.charAt(i)) != Character.isSurrogate(b.charAt(i));
        int order = Character.compare(a.charAt(i), b.charAt(i));
        return surrogates ? (Character.isSurrogate(a.charAt(i)) ? 1 : -1) : order;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  private int compareItems(List<Value> a, List<Value> b, String symbol) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      if (!equal(a.get(i), b.get(i))) {
        return compare(a.get(i), b.get(i), symbol);
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  /** Python's {@code element in container}. */
  boolean contains(Value container, Value element) {
    return switch (container) {
      case Str s -> containsText(s, element);
      case DictValue d -> d.get(hashable(element)) != null;
      case Container c -> containsElement(c.iterator(), element);
      case Generator g -> containsElement(g.elements(), element);
      case Undefined _ -> false;
      default ->
          throw new TemplateException(
              "argument of type '" + container.typeName() + "' is not iterable");
    };
  }

  private static Value hashable(Value value) {
    if (value instanceof Container && !(value instanceof TupleValue)) {
      throw new TemplateException("unhashable type: '" + value.typeName() + "'");
    }
    return value;
  }

  private boolean containsText(Str container, Value element) {
    if (!(element instanceof Str part)) {
      throw new TemplateException(
          "'in <string>' requires a string on the left, not '" + element.typeName() + "'");
    }
    budget.pass((long) container.text().length() + part.text().length());
    return Strings.indexOf(container.text(), part.text(), 0) >= 0;
  }

  private boolean containsElement(Iterator<Value> elements, Value element) {
    while (elements.hasNext()) {
      budget.step();
      if (equal(elements.next(), element)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Sorts as Python's {@code sorted}: stable, and an exception where two elements have no order.
   */
  void sort(List<Keyed> elements, boolean reverse) {
    if (reverse) {
      Collections.reverse(elements);
    }
    elements.sort((a, b) -> compareForSort(a.key(), b.key()));
    if (reverse) {
      Collections.reverse(elements);
    }
  }

  private int compareForSort(Value a, Value b) {
    budget.step();
    return ordered(a, b) ? compare(a, b, "<") : Double.compare(Numeric.real(a), Numeric.real(b));
  }

  /** An element and what it is sorted by. */
  record Keyed(Value key, Value element) {}
}
