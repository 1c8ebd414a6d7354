package io.firesteel.model.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Decimal numbers within bounds, as expressions over their digits: a number is compared with a
 * bound from its first digit on, and where they differ the rest is free.
 *
 * @param wholeDigits most digits before the point
 * @param fractionDigits most digits after it; 0 for whole numbers
 */
record NumberRanges(int wholeDigits, int fractionDigits) {
  private static final Expr MINUS = new Expr.Text("-");

  /** Numbers of at least, or more than, a bound. */
  Expr from(BigDecimal bound, boolean exclusive) {
    return switch (bound.signum()) {
      case 1 -> magnitudeFrom(bound, exclusive);
      case 0 -> exclusive ? magnitudeFrom(bound, true) : anyMagnitude();
      default ->
          Expr.choice(anyMagnitude(), Expr.sequence(MINUS, magnitudeTo(bound.negate(), exclusive)));
    };
  }

  /** Numbers of at most, or less than, a bound. */
  Expr to(BigDecimal bound, boolean exclusive) {
    return switch (bound.signum()) {
      case -1 -> Expr.sequence(MINUS, magnitudeFrom(bound.negate(), exclusive));
      case 0 ->
          exclusive
              ? Expr.sequence(MINUS, magnitudeFrom(bound, true))
              : Expr.choice(Expr.sequence(MINUS, anyMagnitude()), magnitudeTo(bound, false));
      default -> Expr.choice(Expr.sequence(MINUS, anyMagnitude()), magnitudeTo(bound, exclusive));
    };
  }

  /** All numbers. */
  Expr any() {
    return Expr.sequence(Expr.optional(MINUS), anyMagnitude());
  }

  private Expr anyMagnitude() {
    return Expr.sequence(
        Expr.choice(
            new Expr.Text("0"),
            Expr.sequence(digit('1', '9'), JsonRules.digits(0, wholeDigits - 1))),
        anyFraction());
  }

  private Expr anyFraction() {
    return fractionDigits == 0
        ? Expr.EMPTY
        : Expr.optional(Expr.sequence(new Expr.Text("."), JsonRules.digits(1, fractionDigits)));
  }

  private static Expr digit(int first, int last) {
    return new Expr.Chars(first > last ? CodePoints.NONE : CodePoints.range(first, last));
  }

  private static String whole(BigDecimal bound) {
    return bound.toBigInteger().toString();
  }

  /** Digits after the point without zeros at the end. */
  private static String fraction(BigDecimal bound) {
    BigDecimal rest = bound.subtract(new BigDecimal(bound.toBigInteger())).stripTrailingZeros();
    return rest.signum() == 0 ? "" : rest.toPlainString().substring(2);
  }

  private Expr magnitudeFrom(BigDecimal bound, boolean exclusive) {
    String whole = whole(bound);
    List<Expr> options = new ArrayList<>();
    if (whole.length() < wholeDigits) {
      options.add(
          Expr.sequence(
              digit('1', '9'), JsonRules.digits(whole.length(), wholeDigits - 1), anyFraction()));
    }
    for (int i = 0; i < whole.length(); i++) {
      options.add(differing(whole, i, digit(whole.charAt(i) + 1, '9')));
    }
    options.add(Expr.sequence(new Expr.Text(whole), fractionFrom(fraction(bound), exclusive)));
    return new Expr.Choice(options);
  }

  private Expr magnitudeTo(BigDecimal bound, boolean exclusive) {
    String whole = whole(bound);
    List<Expr> options = new ArrayList<>();
    if (whole.length() > 1) {
      options.add(Expr.sequence(new Expr.Text("0"), anyFraction()));
      options.add(
          Expr.sequence(digit('1', '9'), JsonRules.digits(0, whole.length() - 2), anyFraction()));
    }
    for (int i = 0; i < whole.length(); i++) {
      char least = i == 0 && whole.length() > 1 ? '1' : '0';
      options.add(differing(whole, i, digit(least, whole.charAt(i) - 1)));
    }
    options.add(Expr.sequence(new Expr.Text(whole), fractionTo(fraction(bound), exclusive)));
    return new Expr.Choice(options);
  }

  /** Whole numbers of as many digits that agree up to a digit and have another one there. */
  private Expr differing(String whole, int at, Expr other) {
    int rest = whole.length() - at - 1;
    return Expr.sequence(
        new Expr.Text(whole.substring(0, at)), other, JsonRules.digits(rest, rest), anyFraction());
  }

  private Expr fractionFrom(String bound, boolean exclusive) {
    if (bound.isEmpty() && !exclusive) {
      return anyFraction();
    }
    List<Expr> options = new ArrayList<>();
    for (int i = 0; i < Math.min(bound.length(), fractionDigits); i++) {
      options.add(differingFraction(bound, i, digit(bound.charAt(i) + 1, '9')));
    }
    int room = fractionDigits - bound.length();
    if (!exclusive && room >= 0) {
      options.add(Expr.sequence(new Expr.Text("." + bound), JsonRules.digits(0, room)));
    }
    if (exclusive && room > 0) {
      options.add(
          Expr.sequence(
              new Expr.Text("." + bound),
              new Expr.Repeat(new Expr.Text("0"), 0, room - 1),
              digit('1', '9')));
    }
    return new Expr.Choice(options);
  }

  private Expr fractionTo(String bound, boolean exclusive) {
    List<Expr> options = new ArrayList<>();
    if (bound.isEmpty()) {
      if (!exclusive) {
        options.add(zeros());
      }
      return new Expr.Choice(options);
    }
    options.add(zeros());
    for (int i = 0; i < Math.min(bound.length(), fractionDigits); i++) {
      options.add(differingFraction(bound, i, digit('0', bound.charAt(i) - 1)));
      if (i > 0) {
        options.add(new Expr.Text("." + bound.substring(0, i)));
      }
    }
    int room = fractionDigits - bound.length();
    if (!exclusive && room >= 0) {
      options.add(
          Expr.sequence(new Expr.Text("." + bound), new Expr.Repeat(new Expr.Text("0"), 0, room)));
    }
    return new Expr.Choice(options);
  }

  private Expr zeros() {
    return fractionDigits == 0
        ? Expr.EMPTY
        : Expr.optional(
            Expr.sequence(
                new Expr.Text("."), new Expr.Repeat(new Expr.Text("0"), 1, fractionDigits)));
  }

  private Expr differingFraction(String bound, int at, Expr other) {
    return Expr.sequence(
        new Expr.Text("." + bound.substring(0, at)),
        other,
        JsonRules.digits(0, fractionDigits - at - 1));
  }

  /** Whole numbers that a number divides. */
  static CharAutomaton multiples(int divisor) {
    int[] bounds = new int[15];
    bounds[1] = '-';
    bounds[2] = '-' + 1;
    for (int digit = 0; digit <= 10; digit++) {
      bounds[3 + digit] = '0' + digit;
    }
    bounds[14] = CodePoints.ALL.ranges()[3];
    int[][] next = new int[divisor + 2][bounds.length];
    boolean[] accepting = new boolean[divisor + 2];
    for (int state = 0; state < next.length; state++) {
      int residue = Math.max(0, state - 2);
      java.util.Arrays.fill(next[state], -1);
      for (int digit = 0; digit < 10; digit++) {
        next[state][3 + digit] = 2 + (int) ((10L * residue + digit) % divisor);
      }
    }
    next[0][1] = 1;
    accepting[2] = true;
    return new CharAutomaton(bounds, next, accepting);
  }

  /** The smallest whole number of at least, or more than, a bound. */
  static BigDecimal ceiling(BigDecimal bound, boolean exclusive) {
    BigInteger floor = bound.setScale(0, java.math.RoundingMode.FLOOR).toBigInteger();
    boolean exact = bound.compareTo(new BigDecimal(floor)) == 0;
    return new BigDecimal(exact && !exclusive ? floor : floor.add(BigInteger.ONE));
  }
}
