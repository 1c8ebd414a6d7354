package io.firesteel.model.template.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Pattern;

/** Filters over numbers. */
final class NumberFilters {
  private static final Pattern REAL =
      Pattern.compile("[+-]?(\\d++(\\.\\d*+)?|\\.\\d++)([eE][+-]?\\d++)?");
  private static final int MAX_DIGITS = 4300;
  private static final int MAX_PRECISION = 400;
  private static final String[] DECIMAL_SIZES = {"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
  private static final String[] BINARY_SIZES = {
    "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"
  };

  private NumberFilters() {}

  static Map<String, Filters.Filter> all() {
    return Map.of(
        "abs", NumberFilters::abs,
        "int", NumberFilters::toInt,
        "float", NumberFilters::toFloat,
        "round", NumberFilters::round,
        "filesizeformat", NumberFilters::fileSize);
  }

  private static Value abs(Interpreter in, Value value, Args args) {
    return switch (TextFilters.unary(value, args, "abs")) {
      case Int _, Bool _ -> new Int(Numeric.integer(value).abs());
      case Real r -> new Real(Math.abs(r.value()));
      case Undefined u -> throw u.used();
      default ->
          throw new TemplateException("bad operand type for abs(): '" + value.typeName() + "'");
    };
  }

  private static Value toInt(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind("int", "default", "base");
    Value otherwise = bound[0] == null ? Int.ZERO : bound[0];
    return switch (value) {
      case Int i -> i;
      case Bool _ -> new Int(Numeric.integer(value));
      case Real r -> truncated(r.value(), otherwise);
      case Str s -> parsed(s.text(), (int) StringMethods.integer(bound[1], 10, "int"), otherwise);
      case Undefined u -> throw u.used();
      default -> otherwise;
    };
  }

  private static Value truncated(double value, Value otherwise) {
    if (Double.isInfinite(value)) {
      throw new TemplateException("cannot convert float infinity to integer");
    }
    return Double.isNaN(value) ? otherwise : new Int(new BigDecimal(value).toBigInteger());
  }

  private static Value parsed(String text, int base, Value otherwise) {
    String trimmed = Strings.strip(text);
    if (trimmed.length() > MAX_DIGITS) {
      return otherwise;
    }
    BigInteger integer = integer(trimmed, base);
    if (integer != null) {
      return new Int(integer);
    }
    Double real = real(trimmed);
    return real == null || !Double.isFinite(real) ? otherwise : truncated(real, otherwise);
  }

  /** The integer that a text stands for, or null. */
  private static BigInteger integer(String text, int base) {
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    int prefix = prefixBase(digits);
    int radix = base == 0 ? Math.max(prefix, 10) : base;
    if (prefix == radix && prefix != 10) {
      digits = digits.substring(2);
    }
    digits = withoutUnderscores(digits);
    if (radix < 2 || radix > 36 || digits == null) {
      return null;
    }
    for (int i = 0; i < digits.length(); i++) {
      if (Character.digit(digits.charAt(i), radix) < 0) {
        return null;
      }
    }
    BigInteger value = new BigInteger(digits, radix);
    return negative ? value.negate() : value;
  }

  private static int prefixBase(String digits) {
    if (digits.length() < 2 || digits.charAt(0) != '0') {
      return 10;
    }
    return switch (Character.toLowerCase(digits.charAt(1))) {
      case 'x' -> 16;
      case 'o' -> 8;
      case 'b' -> 2;
      default -> 10;
    };
  }

  /**
   * Digits without the single underscores between them; null where underscores or digits are amiss.
   */
  private static String withoutUnderscores(String digits) {
    boolean amiss =
        digits.isEmpty() || digits.startsWith("_") || digits.endsWith("_") || digits.contains("__");
    return amiss ? null : digits.replace("_", "");
  }

  private static Value toFloat(Interpreter in, Value value, Args args) {
    Value given = args.bind("float", "default")[0];
    Value otherwise = given == null ? new Real(0) : given;
    return switch (value) {
      case Real r -> r;
      case Int _, Bool _ -> new Real(Numeric.real(value));
      case Str s -> {
        Double parsed = real(Strings.strip(s.text()));
        yield parsed == null ? otherwise : new Real(parsed);
      }
      case Undefined u -> throw u.used();
      default -> otherwise;
    };
  }

  /** The float that a text stands for, or null. */
  private static Double real(String text) {
    String plain = text.length() > MAX_DIGITS ? "" : text.replaceAll("(?<=\\d)_(?=\\d)", "");
    if (REAL.matcher(plain).matches()) {
      return Double.valueOf(plain);
    }
    String word =
        Strings.lower(plain.startsWith("-") || plain.startsWith("+") ? plain.substring(1) : plain);
    double sign = plain.startsWith("-") ? -1 : 1;
    return switch (word) {
      case "nan" -> Double.NaN;
      case "inf", "infinity" -> sign * Double.POSITIVE_INFINITY;
      default -> null;
    };
  }

  private static Value round(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind("round", "precision", "method");
    long precision = StringMethods.integer(bound[0], 0, "round");
    String method = bound[1] == null ? "common" : in.str(bound[1]);
    if (value instanceof Undefined u) {
      throw u.used();
    }
    if (!Numeric.is(value)) {
      throw new TemplateException("round works on numbers, not on '" + value.typeName() + "'");
    }
    if (Math.abs(precision) > MAX_PRECISION) {
      throw new TemplateLimitException("round to more than " + MAX_PRECISION + " digits");
    }
    return switch (method) {
      case "common" -> rounded(value, (int) precision);
      case "ceil" -> new Real(Math.ceil(Numeric.real(value) * scale(precision)) / scale(precision));
      case "floor" ->
          new Real(Math.floor(Numeric.real(value) * scale(precision)) / scale(precision));
      default -> throw new TemplateException("round: the method is common, ceil or floor");
    };
  }

  private static double scale(long precision) {
    return Math.pow(10, (double) precision);
  }

  /** Half to even, on the exact value. */
  private static Value rounded(Value value, int precision) {
    if (Numeric.isInteger(value)) {
      BigInteger integer = Numeric.integer(value);
      return new Int(
          precision >= 0
              ? integer
              : new BigDecimal(integer).setScale(precision, RoundingMode.HALF_EVEN).toBigInteger());
    }
    double real = Numeric.real(value);
    if (!Double.isFinite(real)) {
      return value;
    }
    double result = new BigDecimal(real).setScale(precision, RoundingMode.HALF_EVEN).doubleValue();
    return new Real(Math.copySign(result, real));
  }

  private static Value fileSize(Interpreter in, Value value, Args args) {
    Value binary = args.bind("filesizeformat", "binary")[0];
    boolean powersOfTwo = binary != null && binary.truthy();
    if (!(toFloat(in, value, Args.of(None.NONE)) instanceof Real real)) {
      throw new TemplateException(
          "filesizeformat works on numbers, not on " + Repr.shortRepr(value));
    }
    double bytes = real.value();
    int base = powersOfTwo ? 1024 : 1000;
    if (bytes == 1) {
      return Str.of("1 Byte");
    }
    if (bytes < base) {
      return Str.of((long) bytes + " Bytes");
    }
    String[] names = powersOfTwo ? BINARY_SIZES : DECIMAL_SIZES;
    int i = 0;
    double unit = (double) base * base;
    while (i < names.length - 1 && bytes >= unit) {
      unit *= base;
      i++;
    }
    return Str.of(NumberFormat.fixed(base * bytes / unit, 1) + " " + names[i]);
  }
}
