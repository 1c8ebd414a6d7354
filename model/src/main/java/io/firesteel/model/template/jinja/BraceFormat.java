package io.firesteel.model.template.jinja;

/** Python's {@code 'text'.format(values)}. */
final class BraceFormat {
  private static final String ALIGNMENTS = "<>^=";

  private final Args args;
  private final Interpreter in;
  private final boolean markup;
  private int automatic;

  private BraceFormat(Args args, Interpreter in, boolean markup) {
    this.markup = markup;
    this.args = args;
    this.in = in;
  }

  static Value format(Str format, Args args, Interpreter in) {
    String text = new BraceFormat(args, in, format.markup()).fill(format.text(), true);
    return in.budget().str(text, format.markup());
  }

  private String fill(String format, boolean outer) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < format.length()) {
      char c = format.charAt(i);
      boolean doubled = i + 1 < format.length() && format.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && doubled && outer) {
        out.append(c);
        i += 2;
      } else if (c == '{') {
        int end = fieldEnd(format, i);
        out.append(field(format.substring(i + 1, end), outer));
        i = end + 1;
      } else if (c == '}') {
        throw new TemplateException("single '}' encountered in format string");
      } else {
        out.append(c);
        i++;
      }
      if (!in.budget().allows(out.length())) {
        in.budget().characters(out.length());
      }
    }
    return out.toString();
  }

  private static int fieldEnd(String format, int begin) {
    int depth = 0;
    for (int i = begin; i < format.length(); i++) {
      depth += format.charAt(i) == '{' ? 1 : format.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new TemplateException("single '{' encountered in format string");
  }

  private String field(String field, boolean outer) {
    in.budget().step();
    int colon = indexOutsideBrackets(field, ':');
    String head = colon < 0 ? field : field.substring(0, colon);
    String spec = colon < 0 ? "" : field.substring(colon + 1);
    int bang = indexOutsideBrackets(head, '!');
    String conversion = bang < 0 ? "" : head.substring(bang + 1);
    Value value = convert(lookUp(bang < 0 ? head : head.substring(0, bang)), conversion);
    if (spec.indexOf('{') >= 0) {
      if (!outer) {
        throw new TemplateException("format specification nested too deeply");
      }
      spec = fill(spec, false);
    }
    String text = spec.isEmpty() ? in.str(value) : formatted(value, spec);
    boolean escapes = markup && outer && !(value instanceof Str s && s.markup());
    return escapes ? Strings.escapeHtml(text) : text;
  }

  private static int indexOutsideBrackets(String text, char wanted) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == wanted && depth == 0) {
        return i;
      }
      depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
    }
    return -1;
  }

  private Value convert(Value value, String conversion) {
    return switch (conversion) {
      case "" -> value;
      case "s" -> Str.of(in.str(value));
      case "r", "a" -> Str.of(Repr.repr(value, in.budget()));
      default ->
          throw new TemplateException(
              "unknown conversion '!" + conversion + "' in a format string");
    };
  }

  /** The value that a name such as {@code 0.function[name]} stands for. */
  private Value lookUp(String name) {
    int end = 0;
    while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
      end++;
    }
    Value value = argument(name.substring(0, end));
    while (end < name.length()) {
      boolean bracket = name.charAt(end) == '[';
      int begin = end + 1;
      end = bracket ? name.indexOf(']', begin) : begin;
      if (end < 0) {
        throw new TemplateException("missing ']' in a format string");
      }
      while (!bracket
          && end < name.length()
          && name.charAt(end) != '.'
          && name.charAt(end) != '[') {
        end++;
      }
      String key = name.substring(begin, end);
      value = bracket ? in.access().element(value, key(key)) : in.access().attribute(value, key);
      end += bracket ? 1 : 0;
    }
    return value;
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() < 10
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static Value key(String key) {
    return isNumber(key) ? Int.of(Long.parseLong(key)) : Str.of(key);
  }

  private Value argument(String name) {
    if (name.isEmpty() || isNumber(name)) {
      int index = name.isEmpty() ? automatic++ : Integer.parseInt(name);
      if (index >= args.positional().size()) {
        throw new TemplateException("no argument " + index + " for the format string");
      }
      return args.positional().get(index);
    }
    Value value = args.named().get(name);
    if (value == null) {
      throw new TemplateException("no argument '" + name + "' for the format string");
    }
    return value;
  }

  private String formatted(Value value, String text) {
    NumberFormat.Spec spec = spec(text);
    boolean realType = spec.type() != 0 && "eEfFgG%".indexOf(spec.type()) >= 0;
    return switch (value) {
      case Str s -> NumberFormat.text(s, spec, in.budget());
      case Bool b when spec.type() == 0 -> NumberFormat.text(Str.of(in.str(b)), spec, in.budget());
      case Int _, Bool _ when realType -> NumberFormat.real(Numeric.real(value), spec, in.budget());
      case Int _, Bool _ -> NumberFormat.integer(Numeric.integer(value), spec, in.budget());
      case Real r -> NumberFormat.real(r.value(), spec, in.budget());
      default ->
          throw new TemplateException("no format for a value of type '" + value.typeName() + "'");
    };
  }

  private static NumberFormat.Spec spec(String text) {
    NumberFormat.Spec.Builder spec = new NumberFormat.Spec.Builder();
    int i = 0;
    int second = text.isEmpty() ? 0 : text.offsetByCodePoints(0, 1);
    if (second < text.length() && ALIGNMENTS.indexOf(text.charAt(second)) >= 0) {
      spec.fill = text.substring(0, second);
      spec.align = text.charAt(second);
      i = second + 1;
    } else if (ALIGNMENTS.indexOf(text.charAt(0)) >= 0) {
      spec.align = text.charAt(0);
      i = 1;
    }
    while (i < text.length() && "+- #0".indexOf(text.charAt(i)) >= 0) {
      char flag = text.charAt(i++);
      switch (flag) {
        case '#' -> spec.alternate = true;
        case '0' -> spec.zero = true;
        default -> spec.sign = flag;
      }
    }
    int digits = digitsEnd(text, i);
    spec.width = number(text.substring(i, digits));
    i = digits;
    if (i < text.length() && (text.charAt(i) == ',' || text.charAt(i) == '_')) {
      spec.grouping = text.charAt(i++);
    }
    if (i < text.length() && text.charAt(i) == '.') {
      int end = digitsEnd(text, i + 1);
      spec.precision = (int) number(text.substring(i + 1, end));
      i = end;
    }
    if (i < text.length()) {
      spec.type = text.charAt(i++);
    }
    if (i < text.length() || spec.type != 0 && "sdnboxXeEfFgG%c".indexOf(spec.type) < 0) {
      throw new TemplateException("invalid format specification '" + text + "'");
    }
    return spec.build();
  }

  private static int digitsEnd(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  private static long number(String digits) {
    return digits.isEmpty() ? 0 : digits.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(digits);
  }
}
