package io.firesteel.model.template.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Equality and hashes across Python's numbers, where {@code True == 1 == 1.0}. */
final class Numeric {
  private Numeric() {}

  static boolean is(Value value) {
    return value instanceof Int || value instanceof Real || value instanceof Bool;
  }

  static boolean isInteger(Value value) {
    return value instanceof Int || value instanceof Bool;
  }

  /** The value of an integer or boolean. */
  static BigInteger integer(Value value) {
    return switch (value) {
      case Int i -> i.value();
      case Bool b -> b.value() ? BigInteger.ONE : BigInteger.ZERO;
      default -> throw new IllegalArgumentException(value.typeName());
    };
  }

  /** The value of a number as a float; infinite where an integer is too large. */
  static double real(Value value) {
    return value instanceof Real r ? r.value() : integer(value).doubleValue();
  }

  static int compare(Value a, Value b) {
    if (isInteger(a) && isInteger(b)) {
      return integer(a).compareTo(integer(b));
    }
    double x = real(a);
    double y = real(b);
    if (Double.isFinite(x) && Double.isFinite(y) && Math.abs(x) >= 1L << 53) {
      return exact(a).compareTo(exact(b));
    }
    return x < y ? -1 : x > y ? 1 : 0;
  }

  private static BigDecimal exact(Value value) {
    return value instanceof Real r ? new BigDecimal(r.value()) : new BigDecimal(integer(value));
  }

  static boolean equal(Value a, Object other) {
    if (!(other instanceof Value b) || !is(b) || isNan(a) || isNan(b)) {
      return false;
    }
    return compare(a, b) == 0;
  }

  static boolean isNan(Value value) {
    return value instanceof Real r && Double.isNaN(r.value());
  }

  static int hash(Value value) {
    return Double.hashCode(real(value) + 0.0);
  }
}
