package io.firesteel.model.template.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Iterator;
import java.util.Map;

/** Python's {@code str()} and {@code repr()}. */
final class Repr {
  private static final int SHORT = 60;

  private final Budget budget;
  private final StringBuilder out = new StringBuilder();

  private Repr(Budget budget) {
    this.budget = budget;
  }

  /** What printing the value gives. */
  static String str(Value value, Budget budget) {
    return value instanceof Str s ? s.text() : repr(value, budget);
  }

  static String repr(Value value, Budget budget) {
    return switch (value) {
      case Undefined _ -> "";
      case None _ -> "None";
      case Bool b -> b.value() ? "True" : "False";
      case Int i -> i.value().toString();
      case Real r -> real(r.value());
      default -> {
        Repr repr = new Repr(budget);
        repr.append(value);
        yield repr.out.toString();
      }
    };
  }

  /** For error messages: cut where it is long. */
  static String shortRepr(Value value) {
    if (value instanceof Container) {
      return "a " + value.typeName();
    }
    if (value instanceof Str s && s.text().length() > SHORT) {
      return "'" + s.text().substring(0, SHORT) + "…'";
    }
    return repr(value, new Budget(Limits.DEFAULT));
  }

  private void append(Value value) {
    budget.step();
    if (!budget.allows(out.length())) {
      budget.characters(out.length());
    }
    switch (value) {
      case Undefined _ -> out.append("Undefined");
      case None _, Bool _, Int _, Real _ -> out.append(repr(value, budget));
      case Str s -> quoted(s);
      case ListValue l -> items("[", l.iterator(), "]");
      case TupleValue t -> items("(", t.iterator(), t.size() == 1 ? ",)" : ")");
      case DictValue d -> entries(d);
      case ViewValue v -> items(v.typeName() + "([", v.iterator(), "])");
      case Namespace _ -> out.append("<Namespace>");
      case Generator _ -> out.append("<generator object>");
      case Loop l -> out.append("<LoopContext ").append(l.attribute("index")).append('>');
      case Cycler _ -> out.append("<Cycler>");
      case Callable c ->
          out.append('<').append(c.typeName()).append(" '").append(c.name()).append("'>");
    }
  }

  private void items(String open, Iterator<Value> items, String close) {
    out.append(open);
    while (items.hasNext()) {
      append(items.next());
      out.append(items.hasNext() ? ", " : "");
    }
    out.append(close);
  }

  private void entries(DictValue dict) {
    out.append('{');
    Iterator<Map.Entry<Value, Value>> entries = dict.entries().entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Value, Value> entry = entries.next();
      append(entry.getKey());
      out.append(": ");
      append(entry.getValue());
      out.append(entries.hasNext() ? ", " : "");
    }
    out.append('}');
  }

  private void quoted(Str value) {
    String text = value.text();
    budget.pass(text.length());
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(value.markup() ? "Markup(" : "").append(quote);
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      character(text.codePointAt(i), quote);
    }
    out.append(quote).append(value.markup() ? ")" : "");
  }

  private void character(int c, char quote) {
    switch (c) {
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (c == quote) {
          out.append('\\').append(quote);
        } else if (isPrintable(c)) {
          out.appendCodePoint(c);
        } else {
          out.append(
              c < 0x100
                  ? "\\x%02x".formatted(c)
                  : c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
        }
      }
    }
  }

  /** Python's {@code str.isprintable} for one character. */
  static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /** Python's {@code repr} of a float: the shortest decimal that reads back as the same number. */
  static String real(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value > 0 ? "0.0" : "-0.0";
    }
    BigDecimal shortest = shortest(value);
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    String sign = value < 0 ? "-" : "";
    return sign
        + (exponent < -4 || exponent >= 16
            ? scientific(digits, exponent)
            : positional(digits, exponent));
  }

  /** Java gives two digits where one would do. */
  private static BigDecimal shortest(double value) {
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (decimal.precision() == 2) {
      BigDecimal one = decimal.round(new MathContext(1));
      return one.doubleValue() == value ? one.stripTrailingZeros() : decimal;
    }
    return decimal;
  }

  private static String scientific(String digits, int exponent) {
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return mantissa
        + "e"
        + (exponent < 0 ? "-" : "+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private static String positional(String digits, int exponent) {
    if (exponent < 0) {
      return "0." + "0".repeat(-exponent - 1) + digits;
    }
    if (digits.length() <= exponent + 1) {
      return digits + "0".repeat(exponent + 1 - digits.length()) + ".0";
    }
    return digits.substring(0, exponent + 1) + "." + digits.substring(exponent + 1);
  }
}
