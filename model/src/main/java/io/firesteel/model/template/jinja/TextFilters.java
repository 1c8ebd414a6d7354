package io.firesteel.model.template.jinja;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Filters over text. A value of another type counts as what printing it gives. */
final class TextFilters {
  private static final String WORD_BREAKS = "-({[<";
  private static final String UNQUOTED = "_.-~";
  private static final int DEFAULT_CENTER = 80;

  private TextFilters() {}

  static Map<String, Filters.Filter> all() {
    Map<String, Filters.Filter> all = new HashMap<>();
    all.put("upper", mapping("upper", Strings::upper));
    all.put("lower", mapping("lower", Strings::lower));
    all.put("capitalize", mapping("capitalize", Strings::capitalize));
    all.put("title", mapping("title", TextFilters::title));
    all.put(
        "trim",
        (in, value, args) ->
            method(in, value, "strip", new Args(List.of(), named(args, "trim", "chars"))));
    all.put("center", TextFilters::center);
    all.put("replace", TextFilters::replace);
    all.put("indent", TextFilters::indent);
    all.put("truncate", TextFilters::truncate);
    all.put("format", TextFilters::format);
    all.put("string", (in, value, args) -> soft(in, unary(value, args, "string")));
    all.put("safe", (in, value, args) -> new Str(in.str(unary(value, args, "safe")), true));
    all.put("escape", (in, value, args) -> escape(in, unary(value, args, "escape"), false));
    all.put("e", (in, value, args) -> escape(in, unary(value, args, "e"), false));
    all.put(
        "forceescape", (in, value, args) -> escape(in, unary(value, args, "forceescape"), true));
    all.put("striptags", TextFilters::stripTags);
    all.put("urlencode", TextFilters::urlEncode);
    all.put("xmlattr", TextFilters::xmlAttributes);
    all.put("wordcount", TextFilters::wordCount);
    all.put("pprint", (in, value, args) -> in.budget().str(Repr.repr(value, in.budget())));
    return all;
  }

  /** The input of a filter without arguments. */
  static Value unary(Value value, Args args, String name) {
    args.bind(name);
    return value;
  }

  /** The value as a string; markup stays markup. */
  static Str soft(Interpreter in, Value value) {
    return value instanceof Str s ? s : in.budget().str(in.str(value));
  }

  private static Filters.Filter mapping(String name, UnaryOperator<String> operation) {
    return (in, value, args) -> {
      Str text = soft(in, unary(value, args, name));
      return in.budget().str(operation.apply(text.text()), text.markup());
    };
  }

  private static Value method(Interpreter in, Value value, String name, Args args) {
    return StringMethods.ALL.get(name).apply(in, soft(in, value), args);
  }

  private static Map<String, Value> named(Args args, String filter, String parameter) {
    Value bound = args.bind(filter, parameter)[0];
    return bound == null ? Map.of() : Map.of(parameter, bound);
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean begins = true;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      String one = Character.toString(c);
      out.append(begins ? Strings.upper(one) : Strings.lower(one));
      begins = Strings.isSpace(c) || WORD_BREAKS.indexOf(c) >= 0;
    }
    return out.toString();
  }

  private static Value center(Interpreter in, Value value, Args args) {
    Value width = args.bind("center", "width")[0];
    return method(in, value, "center", Args.of(width == null ? Int.of(DEFAULT_CENTER) : width));
  }

  private static Value replace(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind(2, "replace", "old", "new", "count");
    long count = StringMethods.integer(bound[2], -1, "replace");
    return Str.of(
        Strings.replace(in.str(value), in.str(bound[0]), in.str(bound[1]), count, in.budget()));
  }

  private static Value indent(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind("indent", "width", "first", "blank");
    if (!(value instanceof Str text)) {
      throw new TemplateException("indent works on strings, not on '" + value.typeName() + "'");
    }
    String indention = bound[0] instanceof Str s ? s.text() : spaces(in, bound[0]);
    boolean first = bound[1] != null && bound[1].truthy();
    boolean blank = bound[2] != null && bound[2].truthy();
    List<String> lines = Strings.lines(text.text() + "\n", false);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean indented = i == 0 ? first : blank || !line.isEmpty();
      in.budget().characters(line.length() + 1L + (indented ? indention.length() : 0));
      out.append(i == 0 ? "" : "\n").append(indented ? indention : "").append(line);
    }
    return new Str(out.toString(), text.markup());
  }

  private static String spaces(Interpreter in, Value width) {
    long count = Math.max(0, StringMethods.integer(width, 4, "indent"));
    in.budget().characters(count);
    return " ".repeat((int) count);
  }

  private static Value truncate(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind("truncate", "length", "killwords", "end", "leeway");
    if (value instanceof Undefined) {
      return value;
    }
    if (!(value instanceof Str text)) {
      throw new TemplateException("truncate works on strings, not on '" + value.typeName() + "'");
    }
    long length = StringMethods.integer(bound[0], 255, "truncate");
    String end = bound[2] == null ? "..." : in.str(bound[2]);
    long leeway = StringMethods.integer(bound[3], 5, "truncate");
    long kept = length - end.codePointCount(0, end.length());
    if (kept < 0 || leeway < 0) {
      throw new TemplateException(
          "truncate: the length is less than that of the end '" + end + "'");
    }
    if (text.length() <= length + leeway) {
      return text;
    }
    String cut = text.text().substring(0, text.text().offsetByCodePoints(0, (int) kept));
    boolean wholeWords = bound[1] == null || !bound[1].truthy();
    int space = cut.lastIndexOf(' ');
    return in.budget().str((wholeWords && space >= 0 ? cut.substring(0, space) : cut) + end);
  }

  private static Value format(Interpreter in, Value value, Args args) {
    if (!args.named().isEmpty() && !args.positional().isEmpty()) {
      throw new TemplateException("format takes arguments with names or without, not both");
    }
    Value values = new TupleValue(args.positional());
    if (!args.named().isEmpty()) {
      DictValue.Builder dict = new DictValue.Builder();
      args.named().forEach((name, named) -> dict.put(Str.of(name), named));
      values = dict.build();
    }
    return PercentFormat.format(soft(in, value), values, in.budget());
  }

  private static Value escape(Interpreter in, Value value, boolean force) {
    Str text = soft(in, value);
    return text.markup() && !force ? text : in.budget().str(Strings.escapeHtml(text.text()), true);
  }

  private static Value stripTags(Interpreter in, Value value, Args args) {
    String text = in.str(unary(value, args, "striptags"));
    in.budget().characters(text.length());
    String plain = withoutTags(withoutComments(text));
    String words = String.join(" ", Strings.words(plain, -1));
    return Str.of(
        words
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&"));
  }

  private static String withoutComments(String text) {
    return without(text, "<!--", "-->");
  }

  private static String withoutTags(String text) {
    return without(text, "<", ">");
  }

  private static String without(String text, String open, String close) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int begin = text.indexOf(open); begin >= 0; begin = text.indexOf(open, from)) {
      int end = text.indexOf(close, begin);
      if (end < 0) {
        break;
      }
      out.append(text, from, begin);
      from = end + close.length();
    }
    return out.append(text, from, text.length()).toString();
  }

  private static Value urlEncode(Interpreter in, Value value, Args args) {
    unary(value, args, "urlencode");
    boolean single = !(value instanceof Container) && !(value instanceof Generator);
    if (single) {
      return in.budget().str(quote(in.str(value), "/", "%20"));
    }
    List<String> pairs = new ArrayList<>();
    Iterator<Value> entries =
        (value instanceof DictValue d ? ViewValue.pairs(d) : in.toList(value)).iterator();
    while (entries.hasNext()) {
      List<Value> pair = in.toList(entries.next());
      if (pair.size() != 2) {
        throw new TemplateException("urlencode needs pairs");
      }
      String encoded =
          quote(in.str(pair.get(0)), "", "+") + "=" + quote(in.str(pair.get(1)), "", "+");
      in.budget().characters(encoded.length());
      pairs.add(encoded);
    }
    return in.budget().str(String.join("&", pairs));
  }

  private static String quote(String text, String safe, String space) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          c < 128 && (Character.isLetterOrDigit(c) || (UNQUOTED + safe).indexOf(c) >= 0);
      out.append(plain ? String.valueOf(c) : c == ' ' ? space : String.format("%%%02X", (int) c));
    }
    return out.toString();
  }

  private static Value xmlAttributes(Interpreter in, Value value, Args args) {
    Value autospace = args.bind("xmlattr", "autospace")[0];
    if (!(value instanceof DictValue dict)) {
      throw new TemplateException("xmlattr works on a dict, not on '" + value.typeName() + "'");
    }
    List<String> attributes = new ArrayList<>();
    dict.entries()
        .forEach(
            (key, attribute) -> {
              if (attribute != None.NONE && !(attribute instanceof Undefined)) {
                attributes.add(
                    xmlName(in, key) + "=\"" + ((Str) escape(in, attribute, false)).text() + "\"");
              }
            });
    String joined = String.join(" ", attributes);
    boolean space = !joined.isEmpty() && (autospace == null || autospace.truthy());
    return in.budget().str(space ? " " + joined : joined);
  }

  private static String xmlName(Interpreter in, Value key) {
    String name = in.str(key);
    if (name.chars().anyMatch(c -> Strings.isSpace(c) || c == '/' || c == '>' || c == '=')) {
      throw new TemplateException("invalid character in the attribute name " + Repr.shortRepr(key));
    }
    return Strings.escapeHtml(name);
  }

  private static Value wordCount(Interpreter in, Value value, Args args) {
    String text = in.str(unary(value, args, "wordcount"));
    in.budget().pass(text.length());
    int words = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      boolean letter = Character.isLetterOrDigit(c) || c == '_';
      words += letter && !inWord ? 1 : 0;
      inWord = letter;
    }
    return Int.of(words);
  }
}
