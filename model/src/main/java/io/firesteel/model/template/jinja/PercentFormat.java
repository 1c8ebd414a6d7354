package io.firesteel.model.template.jinja;

import java.math.BigInteger;
import java.util.List;

/** Python's {@code 'text' % values}. */
final class PercentFormat {
  private final Str format;
  private final String text;
  private final Value values;
  private final List<Value> items;
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();
  private int position;
  private int used;

  private PercentFormat(Str format, Value values, Budget budget) {
    this.format = format;
    this.text = format.text();
    this.values = values;
    this.items = values instanceof TupleValue t ? t.items() : List.of(values);
    this.budget = budget;
  }

  static Value format(Str format, Value values, Budget budget) {
    PercentFormat formatter = new PercentFormat(format, values, budget);
    formatter.formatAll();
    return budget.str(formatter.out.toString(), format.markup());
  }

  private void formatAll() {
    while (position < text.length()) {
      int percent = text.indexOf('%', position);
      int end = percent < 0 ? text.length() : percent;
      out.append(text, position, end);
      position = end + 1;
      if (percent >= 0) {
        conversion();
      }
    }
    boolean mapping = values instanceof DictValue || values instanceof ListValue;
    if (used < items.size() && !mapping) {
      throw new TemplateException("not all arguments converted during string formatting");
    }
  }

  private char peek() {
    if (position >= text.length()) {
      throw new TemplateException("incomplete format");
    }
    return text.charAt(position);
  }

  private void conversion() {
    Value named = peek() == '(' ? named() : null;
    NumberFormat.Spec.Builder spec = new NumberFormat.Spec.Builder();
    while ("-+ #0".indexOf(peek()) >= 0) {
      spec.flag(text.charAt(position++));
    }
    spec.width = star();
    if (spec.width < 0) {
      spec.flag('-');
      spec.width = -spec.width;
    }
    if (peek() == '.') {
      position++;
      spec.precision = (int) Math.max(0, star());
    }
    while ("hlL".indexOf(peek()) >= 0) {
      position++;
    }
    char type = peek();
    position++;
    if (type == '%') {
      out.append('%');
      return;
    }
    append(named == null ? next() : named, type, spec);
  }

  private Value named() {
    int end = text.indexOf(')', position);
    if (end < 0 || !(values instanceof DictValue dict)) {
      throw new TemplateException("'%(name)' needs a mapping on the right of '%'");
    }
    String name = text.substring(position + 1, end);
    position = end + 1;
    Value value = dict.get(name);
    if (value == null) {
      throw new TemplateException("no value '" + name + "' for '%(" + name + ")'");
    }
    return value;
  }

  private long star() {
    if (peek() == '*') {
      position++;
      return StringMethods.integer(next(), 0, "'*' in a format");
    }
    long number = 0;
    while (peek() >= '0' && peek() <= '9') {
      number = Math.min(number * 10 + (text.charAt(position++) - '0'), Integer.MAX_VALUE);
    }
    return number;
  }

  private Value next() {
    if (used >= items.size()) {
      throw new TemplateException("not enough arguments for format string");
    }
    return items.get(used++);
  }

  private void append(Value value, char type, NumberFormat.Spec.Builder spec) {
    switch (type) {
      case 's', 'r', 'a' -> {
        Str printed = Str.of(type == 's' ? Repr.str(value, budget) : Repr.repr(value, budget));
        String shown =
            ((Str)
                    StringMethods.escapedFor(
                        format, value instanceof Str s && s.markup() ? value : printed))
                .text();
        out.append(NumberFormat.text(Str.of(shown), spec.percentText(), budget));
      }
      case 'd', 'i', 'u' ->
          out.append(NumberFormat.integer(toInteger(value), spec.percentNumber('d'), budget));
      case 'x', 'X', 'o' ->
          out.append(NumberFormat.integer(toInteger(value), spec.percentNumber(type), budget));
      case 'e', 'E', 'f', 'F', 'g', 'G' ->
          out.append(NumberFormat.real(toReal(value), spec.percentNumber(type), budget));
      case 'c' ->
          out.append(NumberFormat.text(Str.of(character(value)), spec.percentText(), budget));
      default -> throw new TemplateException("unsupported format character '" + type + "'");
    }
    if (!budget.allows(out.length())) {
      budget.characters(out.length());
    }
  }

  private static BigInteger toInteger(Value value) {
    return switch (value) {
      case Int _, Bool _ -> Numeric.integer(value);
      case Real r when Double.isFinite(r.value()) ->
          new java.math.BigDecimal(r.value()).toBigInteger();
      default ->
          throw new TemplateException(
              "the conversion d requires a number, not " + value.typeName());
    };
  }

  private static double toReal(Value value) {
    if (!Numeric.is(value)) {
      throw new TemplateException("must be real number, not " + value.typeName());
    }
    return Numeric.real(value);
  }

  private static String character(Value value) {
    if (value instanceof Str s && s.length() == 1) {
      return s.text();
    }
    if (value instanceof Int i && i.value().signum() >= 0 && i.value().bitLength() <= 20) {
      return Character.toString(i.value().intValue());
    }
    throw new TemplateException("the conversion c requires an integer or one character");
  }
}
