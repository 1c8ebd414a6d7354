package io.firesteel.model.template.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Python's formatting of one value by a format specification, for {@code %} and {@code format}. */
final class NumberFormat {
  /** More digits than a double's exact value ever has after the point. */
  private static final int MAX_PRECISION = 1100;

  private NumberFormat() {}

  /**
   * A format specification.
   *
   * @param align one of {@code < > ^ =}, or 0 for the type's own
   * @param sign one of {@code + - } and blank
   * @param alternate the {@code #} flag
   * @param grouping {@code ,} or {@code _} between groups of digits, or 0
   * @param precision -1 where it is not given
   * @param type the conversion, or 0
   */
  record Spec(
      String fill,
      char align,
      char sign,
      boolean alternate,
      long width,
      char grouping,
      int precision,
      char type) {
    static final class Builder {
      String fill = " ";
      char align;
      char sign = '-';
      boolean alternate;
      boolean zero;
      long width;
      char grouping;
      int precision = -1;
      char type;

      /** One of {@code %}'s flags. */
      void flag(char flag) {
        switch (flag) {
          case '-' -> align = '<';
          case '+' -> sign = '+';
          case ' ' -> sign = sign == '+' ? '+' : ' ';
          case '#' -> alternate = true;
          default -> zero = true;
        }
      }

      Spec percentText() {
        return new Spec(" ", align == 0 ? '>' : align, '-', false, width, (char) 0, precision, 's');
      }

      Spec percentNumber(char conversion) {
        boolean zeros = zero && align == 0;
        char aligned = align == 0 ? (zeros ? '=' : '>') : align;
        return new Spec(
            zeros ? "0" : " ", aligned, sign, alternate, width, (char) 0, precision, conversion);
      }

      Spec build() {
        return new Spec(
            zero && align == 0 ? "0" : fill,
            zero && align == 0 ? '=' : align,
            sign,
            alternate,
            width,
            grouping,
            precision,
            type);
      }
    }

    int precisionOr(int defaultValue) {
      if (precision > MAX_PRECISION) {
        throw new TemplateLimitException(
            "a number with more than " + MAX_PRECISION + " digits after the point");
      }
      return precision < 0 ? defaultValue : precision;
    }
  }

  static String text(Str value, Spec spec, Budget budget) {
    String text = value.text();
    if (spec.precision >= 0 && spec.precision < value.length()) {
      text = text.substring(0, text.offsetByCodePoints(0, spec.precision));
    }
    return pad("", text, spec, '<', budget);
  }

  static String integer(BigInteger value, Spec spec, Budget budget) {
    String digits =
        switch (spec.type) {
          case 'x' -> value.abs().toString(16);
          case 'X' -> Strings.upper(value.abs().toString(16));
          case 'o' -> value.abs().toString(8);
          case 'b' -> value.abs().toString(2);
          default -> value.abs().toString();
        };
    if (spec.precision > digits.length()) {
      budget.characters(spec.precision);
      digits = "0".repeat(spec.precision - digits.length()) + digits;
    }
    String prefix = spec.alternate && "xXob".indexOf(spec.type) >= 0 ? "0" + spec.type : "";
    int group = "xXob".indexOf(spec.type) >= 0 ? 4 : 3;
    return pad(
        sign(value.signum() < 0, spec) + prefix, grouped(digits, group, spec), spec, '>', budget);
  }

  static String real(double value, Spec spec, Budget budget) {
    boolean negative = value < 0 || value == 0 && 1 / value < 0;
    String digits =
        Double.isFinite(value) ? digits(Math.abs(value), spec) : Repr.real(Math.abs(value));
    boolean upper = Character.isUpperCase(spec.type);
    int point = integerPart(digits);
    String grouped = grouped(digits.substring(0, point), 3, spec) + digits.substring(point);
    return pad(sign(negative, spec), upper ? Strings.upper(grouped) : grouped, spec, '>', budget);
  }

  private static int integerPart(String digits) {
    int i = 0;
    while (i < digits.length() && Character.isDigit(digits.charAt(i))) {
      i++;
    }
    return i;
  }

  private static String digits(double value, Spec spec) {
    return switch (Character.toLowerCase(spec.type)) {
      case 'f' -> fixed(value, spec.precisionOr(6)) + point(spec, spec.precisionOr(6));
      case '%' -> fixed(value * 100, spec.precisionOr(6)) + "%";
      case 'e' -> exponential(value, spec.precisionOr(6));
      case 'g', 'n' -> general(value, Math.max(1, spec.precisionOr(6)), spec.alternate);
      default ->
          spec.precision < 0
              ? Repr.real(value)
              : shortGeneral(value, Math.max(1, spec.precisionOr(6)));
    };
  }

  private static String point(Spec spec, int precision) {
    return spec.alternate && precision == 0 ? "." : "";
  }

  static String fixed(double value, int precision) {
    return new BigDecimal(value).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static String exponential(double value, int precision) {
    BigDecimal rounded =
        new BigDecimal(value).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
    String digits = rounded.unscaledValue().toString();
    int exponent = value == 0 ? 0 : digits.length() - 1 - rounded.scale();
    String padded = (digits + "0".repeat(precision + 1)).substring(0, precision + 1);
    String mantissa = precision == 0 ? padded : padded.charAt(0) + "." + padded.substring(1);
    return mantissa
        + "e"
        + (exponent < 0 ? "-" : "+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private static int exponent(double value, int precision) {
    String text = exponential(value, precision - 1);
    return Integer.parseInt(text.substring(text.indexOf('e') + 1));
  }

  private static String general(double value, int precision, boolean keepZeros) {
    int exponent = exponent(value, precision);
    if (exponent < -4 || exponent >= precision) {
      String text = exponential(value, precision - 1);
      int e = text.indexOf('e');
      return (keepZeros ? text.substring(0, e) : withoutZeros(text.substring(0, e)))
          + text.substring(e);
    }
    String text = fixed(value, precision - 1 - exponent);
    return keepZeros ? text : withoutZeros(text);
  }

  /** As {@link #general}, with at least one digit after the point. */
  private static String shortGeneral(double value, int precision) {
    int exponent = exponent(value, precision);
    String text = general(value, precision, false);
    return text.indexOf('.') < 0 && text.indexOf('e') < 0 && exponent < precision
        ? text + ".0"
        : text;
  }

  private static String withoutZeros(String text) {
    if (text.indexOf('.') < 0) {
      return text;
    }
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
  }

  private static String sign(boolean negative, Spec spec) {
    return negative ? "-" : spec.sign == '-' ? "" : String.valueOf(spec.sign);
  }

  private static String grouped(String digits, int size, Spec spec) {
    if (spec.grouping == 0) {
      return digits;
    }
    StringBuilder out = new StringBuilder(digits);
    for (int i = digits.length() - size; i > 0; i -= size) {
      out.insert(i, spec.grouping);
    }
    return out.toString();
  }

  private static String pad(String sign, String body, Spec spec, char ownAlign, Budget budget) {
    char align = spec.align == 0 ? ownAlign : spec.align;
    Str whole = Str.of(sign + body);
    return switch (align) {
      case '<' -> StringMethods.padded(whole, spec.width, spec.fill, "ljust", budget);
      case '=' ->
          sign
              + StringMethods.padded(
                  Str.of(body), spec.width - sign.length(), spec.fill, "rjust", budget);
      case '^' -> centred(whole, spec, budget);
      default -> StringMethods.padded(whole, spec.width, spec.fill, "rjust", budget);
    };
  }

  private static String centred(Str text, Spec spec, Budget budget) {
    long missing = Math.max(0, spec.width - text.length());
    String left =
        StringMethods.padded(text, text.length() + missing / 2, spec.fill, "rjust", budget);
    return StringMethods.padded(Str.of(left), spec.width, spec.fill, "ljust", budget);
  }
}
