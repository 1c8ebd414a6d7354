package io.firesteel.model.template.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** Python's string methods. */
final class StringMethods {
  /** One of the methods. */
  interface Method {
    Value apply(Interpreter in, Str receiver, Args args);
  }

  static final Map<String, Method> ALL = methods();

  private StringMethods() {}

  private static Map<String, Method> methods() {
    Map<String, Method> all = new HashMap<>();
    all.put("upper", mapping("upper", Strings::upper));
    all.put("lower", mapping("lower", Strings::lower));
    all.put("casefold", mapping("casefold", text -> Strings.lower(Strings.upper(text))));
    all.put("capitalize", mapping("capitalize", Strings::capitalize));
    all.put("title", mapping("title", Strings::title));
    all.put("swapcase", mapping("swapcase", StringMethods::swapCase));
    all.put("strip", (in, s, args) -> strip(in, s, args, "strip", true, true));
    all.put("lstrip", (in, s, args) -> strip(in, s, args, "lstrip", true, false));
    all.put("rstrip", (in, s, args) -> strip(in, s, args, "rstrip", false, true));
    all.put("startswith", (in, s, args) -> affix(s, args, "startswith"));
    all.put("endswith", (in, s, args) -> affix(s, args, "endswith"));
    all.put("removeprefix", StringMethods::removePrefix);
    all.put("removesuffix", StringMethods::removeSuffix);
    all.put("replace", StringMethods::replace);
    all.put("split", (in, s, args) -> split(in, s, args, false));
    all.put("rsplit", (in, s, args) -> split(in, s, args, true));
    all.put("splitlines", StringMethods::splitLines);
    all.put("partition", (in, s, args) -> partition(in, s, args, false));
    all.put("rpartition", (in, s, args) -> partition(in, s, args, true));
    all.put("join", StringMethods::join);
    all.put("find", (in, s, args) -> Int.of(find(in, s, args, false)));
    all.put("rfind", (in, s, args) -> Int.of(find(in, s, args, true)));
    all.put("index", (in, s, args) -> index(in, s, args, false));
    all.put("rindex", (in, s, args) -> index(in, s, args, true));
    all.put("count", StringMethods::count);
    all.put("center", (in, s, args) -> pad(in, s, args, "center"));
    all.put("ljust", (in, s, args) -> pad(in, s, args, "ljust"));
    all.put("rjust", (in, s, args) -> pad(in, s, args, "rjust"));
    all.put("zfill", StringMethods::zfill);
    all.put("expandtabs", StringMethods::expandTabs);
    all.put("format", (in, s, args) -> BraceFormat.format(s, args, in));
    all.put("format_map", (in, s, args) -> formatMap(in, s, args));
    all.put("isspace", every("isspace", Strings::isSpace));
    all.put("isalpha", every("isalpha", Character::isLetter));
    all.put("isalnum", every("isalnum", c -> Character.isLetter(c) || isNumeric(c)));
    all.put("isdigit", every("isdigit", StringMethods::isDigit));
    all.put("isdecimal", every("isdecimal", Character::isDigit));
    all.put("isnumeric", every("isnumeric", StringMethods::isNumeric));
    all.put("isascii", (in, s, args) -> all(args, "isascii", s, c -> c < 128, true));
    all.put("isprintable", (in, s, args) -> all(args, "isprintable", s, Repr::isPrintable, true));
    all.put("isupper", (in, s, args) -> isCase(args, "isupper", s, true));
    all.put("islower", (in, s, args) -> isCase(args, "islower", s, false));
    all.put("istitle", StringMethods::isTitle);
    all.put("isidentifier", StringMethods::isIdentifier);
    return Collections.unmodifiableMap(all);
  }

  private static Method mapping(String name, UnaryOperator<String> operation) {
    return (in, s, args) -> {
      args.bind(name);
      return in.budget().str(operation.apply(s.text()), s.markup());
    };
  }

  private static Method every(String name, IntPredicate predicate) {
    return (in, s, args) -> all(args, name, s, predicate, false);
  }

  private static Value all(Args args, String name, Str s, IntPredicate predicate, boolean ofEmpty) {
    args.bind(name);
    return Bool.of(s.text().isEmpty() ? ofEmpty : s.text().codePoints().allMatch(predicate));
  }

  private static boolean isNumeric(int c) {
    int type = Character.getType(c);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  /** Decimal digits, and superscripts and the like. */
  private static boolean isDigit(int c) {
    return Character.isDigit(c)
        || c == 0xb2
        || c == 0xb3
        || c == 0xb9
        || c == 0x2070
        || c >= 0x2074 && c <= 0x2079
        || c >= 0x2080 && c <= 0x2089
        || c >= 0x2460 && c <= 0x2468;
  }

  static boolean isCase(String text, boolean upper) {
    boolean any = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      if (Strings.isCased(c)) {
        if (upper != Character.isUpperCase(c)) {
          return false;
        }
        any = true;
      }
    }
    return any;
  }

  private static Value isCase(Args args, String name, Str s, boolean upper) {
    args.bind(name);
    return Bool.of(isCase(s.text(), upper));
  }

  private static Value isTitle(Interpreter in, Str s, Args args) {
    args.bind("istitle");
    boolean cased = s.text().codePoints().anyMatch(Strings::isCased);
    return Bool.of(cased && Strings.title(s.text()).equals(s.text()));
  }

  private static Value isIdentifier(Interpreter in, Str s, Args args) {
    args.bind("isidentifier");
    String text = s.text();
    boolean starts =
        !text.isEmpty()
            && (text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)));
    return Bool.of(starts && text.codePoints().allMatch(Character::isUnicodeIdentifierPart));
  }

  private static String swapCase(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              String one = Character.toString(c);
              out.append(Character.isUpperCase(c) ? Strings.lower(one) : Strings.upper(one));
            });
    return out.toString();
  }

  /** The text of an argument, or null where it is not given or {@code None}. */
  private static String text(Value value, String function) {
    return switch (value) {
      case null -> null;
      case None _ -> null;
      case Str s -> s.text();
      case Undefined u -> throw u.used();
      default ->
          throw new TemplateException(function + " needs a string, not '" + value.typeName() + "'");
    };
  }

  private static String requiredText(Value value, String function) {
    String text = text(value, function);
    if (text == null) {
      throw new TemplateException(function + " needs a string, not None");
    }
    return text;
  }

  /** The value of an integer argument, or a default where it is not given or {@code None}. */
  static long integer(Value value, long defaultValue, String function) {
    return switch (value) {
      case null -> defaultValue;
      case None _ -> defaultValue;
      case Int _, Bool _ -> Access.clamp(Numeric.integer(value));
      case Undefined u -> throw u.used();
      default ->
          throw new TemplateException(
              function + " needs an integer, not '" + value.typeName() + "'");
    };
  }

  private static Value strip(
      Interpreter in, Str s, Args args, String name, boolean start, boolean end) {
    String characters = text(args.bind(name, "chars")[0], name);
    String text = s.text();
    in.budget()
        .steps(1 + (characters == null ? 0 : characters.length() / 16) * (1L + text.length() / 4));
    if (end) {
      text = characters == null ? Strings.stripEnd(text) : Strings.stripEnd(text, characters);
    }
    if (start) {
      text = characters == null ? Strings.stripStart(text) : Strings.stripStart(text, characters);
    }
    return text.length() == s.text().length() ? s : in.budget().str(text, s.markup());
  }

  private static Value affix(Str s, Args args, String name) {
    Value[] bound =
        args.bind(1, name, name.equals("startswith") ? "prefix" : "suffix", "start", "end");
    String part = part(s, bound[1], bound[2], name);
    if (part == null) {
      return Bool.FALSE;
    }
    List<Value> affixes = bound[0] instanceof TupleValue t ? t.items() : List.of(bound[0]);
    for (Value affix : affixes) {
      String wanted = requiredText(affix, name);
      if (name.equals("startswith") ? part.startsWith(wanted) : part.endsWith(wanted)) {
        return Bool.TRUE;
      }
    }
    return Bool.FALSE;
  }

  /**
   * The part of a string between two indices as a slice has them; null where it begins after the
   * end.
   */
  private static String part(Str s, Value start, Value end, String name) {
    if (start == null && end == null) {
      return s.text();
    }
    int length = s.length();
    long from = place(integer(start, 0, name), length);
    long to = place(integer(end, length, name), length);
    if (from > length || from > to) {
      return null;
    }
    int begin = s.text().offsetByCodePoints(0, (int) from);
    return s.text()
        .substring(begin, s.text().offsetByCodePoints(begin, (int) (Math.min(to, length) - from)));
  }

  private static long place(long index, int length) {
    return index < 0 ? Math.max(0, index + length) : index;
  }

  private static Value removePrefix(Interpreter in, Str s, Args args) {
    String prefix = requiredText(args.bind(1, "removeprefix", "prefix")[0], "removeprefix");
    return s.text().startsWith(prefix)
        ? in.budget().str(s.text().substring(prefix.length()), s.markup())
        : s;
  }

  private static Value removeSuffix(Interpreter in, Str s, Args args) {
    String suffix = requiredText(args.bind(1, "removesuffix", "suffix")[0], "removesuffix");
    String text = s.text();
    return text.endsWith(suffix)
        ? in.budget().str(text.substring(0, text.length() - suffix.length()), s.markup())
        : s;
  }

  /** What goes into markup is escaped, unless it is markup itself. */
  static Value escapedFor(Str receiver, Value value) {
    boolean escapes = receiver.markup() && value instanceof Str s && !s.markup();
    return escapes ? new Str(Strings.escapeHtml(((Str) value).text()), true) : value;
  }

  private static Value replace(Interpreter in, Str s, Args args) {
    Value[] bound = args.bind(2, "replace", "old", "new", "count");
    String old = requiredText(escapedFor(s, bound[0]), "replace");
    String with = requiredText(escapedFor(s, bound[1]), "replace");
    String replaced =
        Strings.replace(s.text(), old, with, integer(bound[2], -1, "replace"), in.budget());
    return new Str(replaced, s.markup());
  }

  private static Value split(Interpreter in, Str s, Args args, boolean fromEnd) {
    String name = fromEnd ? "rsplit" : "split";
    Value[] bound = args.bind(name, "sep", "maxsplit");
    String separator = text(bound[0], name);
    long limit = integer(bound[1], -1, name);
    in.budget().characters(s.text().length());
    List<String> parts;
    if (separator == null) {
      parts =
          fromEnd && limit >= 0 ? wordsFromEnd(s.text(), limit) : Strings.words(s.text(), limit);
    } else {
      parts = splitAt(s.text(), separator, limit, fromEnd);
    }
    return strings(in, parts, s.markup());
  }

  private static Value strings(Interpreter in, List<String> parts, boolean markup) {
    in.budget().elements(parts.size());
    List<Value> values = new ArrayList<>(parts.size());
    parts.forEach(part -> values.add(new Str(part, markup)));
    return new ListValue(values);
  }

  private static List<String> splitAt(String text, String separator, long limit, boolean fromEnd) {
    if (separator.isEmpty()) {
      throw new TemplateException("split at an empty separator");
    }
    List<Integer> places =
        fromEnd && limit >= 0
            ? occurrencesFromEnd(text, separator, limit)
            : Strings.occurrences(text, separator, limit);
    List<String> parts = new ArrayList<>(places.size() + 1);
    int from = 0;
    for (int place : places) {
      parts.add(text.substring(from, place));
      from = place + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static List<Integer> occurrencesFromEnd(String text, String separator, long limit) {
    String reversed = new StringBuilder(text).reverse().toString();
    String pattern = new StringBuilder(separator).reverse().toString();
    List<Integer> places = new ArrayList<>();
    for (int place : Strings.occurrences(reversed, pattern, limit)) {
      places.addFirst(text.length() - place - separator.length());
    }
    return places;
  }

  private static List<String> wordsFromEnd(String text, long limit) {
    List<String> words = new ArrayList<>();
    int end = endOfWord(text, text.length());
    while (end > 0 && words.size() < limit) {
      int begin = end;
      while (begin > 0 && !Strings.isSpace(text.charAt(begin - 1))) {
        begin--;
      }
      words.add(text.substring(begin, end));
      end = endOfWord(text, begin);
    }
    if (end > 0) {
      words.add(text.substring(0, end));
    }
    return words.reversed();
  }

  private static int endOfWord(String text, int from) {
    int end = from;
    while (end > 0 && Strings.isSpace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private static Value splitLines(Interpreter in, Str s, Args args) {
    Value keep = args.bind("splitlines", "keepends")[0];
    in.budget().characters(s.text().length());
    return strings(in, Strings.lines(s.text(), keep != null && keep.truthy()), s.markup());
  }

  private static Value partition(Interpreter in, Str s, Args args, boolean fromEnd) {
    String separator = requiredText(args.bind(1, "partition", "sep")[0], "partition");
    if (separator.isEmpty()) {
      throw new TemplateException("partition at an empty separator");
    }
    String text = s.text();
    in.budget().characters(text.length());
    int place =
        fromEnd
            ? Strings.lastIndexOf(text, separator, text.length())
            : Strings.indexOf(text, separator, 0);
    List<String> parts;
    if (place >= 0) {
      parts =
          List.of(text.substring(0, place), separator, text.substring(place + separator.length()));
    } else {
      parts = fromEnd ? List.of("", "", text) : List.of(text, "", "");
    }
    return new TupleValue(parts.stream().<Value>map(part -> new Str(part, s.markup())).toList());
  }

  private static Value join(Interpreter in, Str s, Args args) {
    List<Value> parts = in.toList(args.bind(1, "join", "iterable")[0]);
    for (int i = 0; i < parts.size(); i++) {
      if (!(parts.get(i) instanceof Str)) {
        throw new TemplateException(
            "join: element " + i + " is no string but '" + parts.get(i).typeName() + "'");
      }
    }
    parts.replaceAll(part -> escapedFor(s, part));
    return new Str(join(s.text(), parts, in), s.markup());
  }

  /** The printed elements with a separator between them. */
  static String join(String separator, List<Value> parts, Interpreter in) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      String part = in.str(parts.get(i));
      in.budget().characters((long) part.length() + separator.length());
      out.append(i == 0 ? "" : separator).append(part);
    }
    return out.toString();
  }

  private static long find(Interpreter in, Str s, Args args, boolean last) {
    Value[] bound = args.bind(1, "find", "sub", "start", "end");
    String wanted = requiredText(bound[0], "find");
    String part = part(s, bound[1], bound[2], "find");
    if (part == null) {
      return -1;
    }
    in.budget().pass(s.text().length());
    int place =
        last ? Strings.lastIndexOf(part, wanted, part.length()) : Strings.indexOf(part, wanted, 0);
    long offset = place(integer(bound[1], 0, "find"), s.length());
    return place < 0 ? -1 : offset + part.codePointCount(0, place);
  }

  private static Value index(Interpreter in, Str s, Args args, boolean last) {
    long place = find(in, s, args, last);
    if (place < 0) {
      throw new TemplateException("substring not found");
    }
    return Int.of(place);
  }

  private static Value count(Interpreter in, Str s, Args args) {
    Value[] bound = args.bind(1, "count", "sub", "start", "end");
    String wanted = requiredText(bound[0], "count");
    String part = part(s, bound[1], bound[2], "count");
    in.budget().pass(s.text().length());
    if (part == null) {
      return Int.ZERO;
    }
    return Int.of(
        wanted.isEmpty()
            ? part.codePointCount(0, part.length()) + 1L
            : Strings.occurrences(part, wanted, -1).size());
  }

  private static Value pad(Interpreter in, Str s, Args args, String name) {
    Value[] bound = args.bind(1, name, "width", "fillchar");
    String fill = bound[1] == null ? " " : requiredText(bound[1], name);
    if (fill.codePointCount(0, fill.length()) != 1) {
      throw new TemplateException(name + " fills with one character, not '" + fill + "'");
    }
    return new Str(padded(s, integer(bound[0], 0, name), fill, name, in.budget()), s.markup());
  }

  /** A string filled up to a width; {@code name} is that of Python's method. */
  static String padded(Str s, long width, String fill, String name, Budget budget) {
    long missing = Math.max(0, width - s.length());
    if (missing == 0) {
      return s.text();
    }
    budget.characters(
        missing >= Integer.MAX_VALUE ? missing : missing * fill.length() + s.text().length());
    long left =
        switch (name) {
          case "ljust" -> 0;
          case "rjust" -> missing;
          default -> missing / 2 + (missing & width & 1);
        };
    return fill.repeat((int) left) + s.text() + fill.repeat((int) (missing - left));
  }

  private static Value zfill(Interpreter in, Str s, Args args) {
    long width = integer(args.bind(1, "zfill", "width")[0], 0, "zfill");
    boolean signed = s.text().startsWith("-") || s.text().startsWith("+");
    String sign = signed ? s.text().substring(0, 1) : "";
    Str digits = Str.of(s.text().substring(sign.length()));
    return new Str(
        sign + padded(digits, width - sign.length(), "0", "rjust", in.budget()), s.markup());
  }

  private static Value expandTabs(Interpreter in, Str s, Args args) {
    long size =
        Math.clamp(integer(args.bind("expandtabs", "tabsize")[0], 8, "expandtabs"), 0, 1000);
    StringBuilder out = new StringBuilder();
    long column = 0;
    for (int i = 0; i < s.text().length(); i++) {
      char c = s.text().charAt(i);
      if (c == '\t') {
        long spaces = size == 0 ? 0 : size - column % size;
        in.budget().characters(spaces);
        out.repeat(' ', (int) spaces);
        column += spaces;
      } else {
        out.append(c);
        column = c == '\n' || c == '\r' ? 0 : Character.isLowSurrogate(c) ? column : column + 1;
      }
    }
    return in.budget().str(out.toString(), s.markup());
  }

  private static Value formatMap(Interpreter in, Str s, Args args) {
    if (!(args.bind(1, "format_map", "mapping")[0] instanceof DictValue dict)) {
      throw new TemplateException("format_map needs a mapping");
    }
    Map<String, Value> named = new HashMap<>();
    dict.entries()
        .forEach(
            (key, value) -> {
              if (key instanceof Str name) {
                named.put(name.text(), value);
              }
            });
    return BraceFormat.format(s, new Args(List.of(), named), in);
  }
}
