package io.firesteel.model.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Numbers that a schema allows. */
final class NumberRules {
  private static final int WHOLE_DIGITS = 16;
  // With bounds, a reader that rounds to a double must not round beyond them.
  private static final int FRACTION_DIGITS = 10;
  private static final int LARGEST_DIVISOR = 10_000;

  private final JsonNode schema;
  private final String place;
  private final Bounds bounds;
  private final List<BigDecimal> excluded;

  /** Limits of a number; null for none. */
  record Bounds(BigDecimal low, boolean above, BigDecimal high, boolean below) {
    static Bounds of(JsonNode schema, String place) {
      BigDecimal low = Schemas.number(schema, "minimum", place);
      BigDecimal above = Schemas.number(schema, "exclusiveMinimum", place);
      BigDecimal high = Schemas.number(schema, "maximum", place);
      BigDecimal below = Schemas.number(schema, "exclusiveMaximum", place);
      for (String format : Schemas.formats(schema, place)) {
        long limit = formatLimit(format);
        if (limit == 0) {
          continue;
        }
        low = low == null ? BigDecimal.valueOf(-limit) : low;
        high = high == null ? BigDecimal.valueOf(limit - 1) : high;
      }
      boolean strictLow = above != null && (low == null || above.compareTo(low) >= 0);
      boolean strictHigh = below != null && (high == null || below.compareTo(high) <= 0);
      return new Bounds(strictLow ? above : low, strictLow, strictHigh ? below : high, strictHigh);
    }

    /** Past the largest number of a Java type's format. */
    private static long formatLimit(String format) {
      return switch (format) {
        case "int8" -> 1L << 7;
        case "int16" -> 1L << 15;
        case "int32" -> 1L << 31;
        default -> 0;
      };
    }

    boolean allow(BigDecimal value) {
      boolean enough = low == null || value.compareTo(low) >= (above ? 1 : 0);
      return enough && (high == null || value.compareTo(high) <= (below ? -1 : 0));
    }

    boolean none() {
      return low == null && high == null;
    }

    /** Whether no number is within both. */
    boolean apartFrom(Bounds other) {
      return before(other) || other.before(this);
    }

    private boolean before(Bounds other) {
      if (high == null || other.low == null) {
        return false;
      }
      int order = high.compareTo(other.low);
      return order < 0 || order == 0 && (below || other.above);
    }
  }

  private NumberRules(JsonNode schema, String place) {
    this.schema = schema;
    this.place = place;
    this.bounds = Bounds.of(schema, place);
    this.excluded =
        schema
            .path(Schemas.NOT_ENUM)
            .valueStream()
            .filter(JsonNode::isNumber)
            .map(number -> SchemaShape.decimal(number, place))
            .toList();
  }

  private boolean excludes() {
    return !excluded.isEmpty() || schema.has(Schemas.NOT_MULTIPLE_OF);
  }

  static Expr of(JsonNode schema, boolean integer, String place) {
    return new NumberRules(schema, place).expression(integer);
  }

  private Expr expression(boolean integer) {
    BigDecimal divisor = Schemas.number(schema, "multipleOf", place);
    if (divisor == null) {
      return integer ? whole(1) : fractional();
    }
    return whole(wholeDivisor(divisor));
  }

  /** A number of which all multiples are multiples of the divisor too. */
  private int wholeDivisor(BigDecimal divisor) {
    if (divisor.signum() <= 0) {
      throw new GrammarException(place + "/multipleOf", "expected a number greater than 0");
    }
    boolean partOfOne = BigDecimal.ONE.remainder(divisor).signum() == 0;
    boolean whole = divisor.stripTrailingZeros().scale() <= 0;
    if (!partOfOne && (!whole || divisor.compareTo(BigDecimal.valueOf(LARGEST_DIVISOR)) > 0)) {
      throw new GrammarException(
          place + "/multipleOf",
          "expected a whole number up to %,d or a part of 1 such as 0.01"
              .formatted(LARGEST_DIVISOR));
    }
    return partOfOne ? 1 : divisor.intValueExact();
  }

  private Expr fractional() {
    if (bounds.none() && !excludes()) {
      return JsonRules.number();
    }
    return machine(new NumberRanges(digits(), FRACTION_DIGITS), bounds, 1);
  }

  private Expr whole(int divisor) {
    if (bounds.none() && divisor == 1 && !excludes()) {
      return JsonRules.integer();
    }
    BigDecimal low = bounds.low == null ? null : NumberRanges.ceiling(bounds.low, bounds.above);
    BigDecimal high =
        bounds.high == null
            ? null
            : NumberRanges.ceiling(bounds.high.negate(), bounds.below).negate();
    return machine(new NumberRanges(digits(), 0), new Bounds(low, false, high, false), divisor);
  }

  private int digits() {
    return Math.max(WHOLE_DIGITS, 1 + Math.max(digits(bounds.low), digits(bounds.high)));
  }

  private static int digits(BigDecimal bound) {
    return bound == null ? 0 : bound.toBigInteger().abs().toString().length();
  }

  private Expr machine(NumberRanges ranges, Bounds within, int divisor) {
    CharAutomaton numbers =
        CharAutomaton.of(
            within.low == null ? ranges.any() : ranges.from(within.low, within.above), place);
    if (within.high != null) {
      CharAutomaton limit = CharAutomaton.of(ranges.to(within.high, within.below), place);
      numbers = numbers.intersect(limit, place);
    }
    if (divisor > 1) {
      numbers = numbers.intersect(NumberRanges.multiples(divisor), place);
    }
    numbers = withoutExcluded(numbers);
    if (numbers.isEmpty()) {
      throw new Unsatisfiable(place, "no number is within its bounds");
    }
    return new Expr.Machine(numbers, false);
  }

  private CharAutomaton withoutExcluded(CharAutomaton all) {
    CharAutomaton numbers = all;
    if (!excluded.isEmpty()) {
      List<Expr> spelled = new ArrayList<>();
      excluded.forEach(value -> spelled.add(spellings(value)));
      CharAutomaton these = CharAutomaton.of(new Expr.Choice(spelled), place);
      numbers = numbers.intersect(these.complement(), place);
    }
    for (JsonNode divisor : schema.path(Schemas.NOT_MULTIPLE_OF)) {
      int whole = wholeDivisor(SchemaShape.decimal(divisor, place));
      if (whole == 1) {
        throw new Unsatisfiable(place + "/not/multipleOf", "every whole number is a multiple");
      }
      numbers = numbers.intersect(NumberRanges.multiples(whole).complement(), place);
    }
    return numbers;
  }

  /** A number with zeros at its end or without. */
  private static Expr spellings(BigDecimal value) {
    BigDecimal plain = value.stripTrailingZeros();
    Expr zeros = Expr.many(new Expr.Text("0"));
    Expr sign = value.signum() == 0 ? Expr.optional(new Expr.Text("-")) : Expr.EMPTY;
    Expr digits = new Expr.Text(plain.toPlainString());
    return plain.scale() > 0
        ? Expr.sequence(digits, zeros)
        : Expr.sequence(sign, digits, Expr.optional(Expr.sequence(new Expr.Text("."), zeros)));
  }
}
