package io.firesteel.model.grammar;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** The rules of JSON itself (RFC 8259), with a given spacing. */
final class JsonRules {
  /** What a string cannot hold as it stands. */
  static final CodePoints ESCAPED = CodePoints.range(0, 0x1F).union(CodePoints.of('"', '\\'));

  private static final CodePoints DIGIT_1_TO_9 = CodePoints.range('1', '9');
  private static final CodePoints HEX =
      CodePoints.DIGITS.union(CodePoints.range('a', 'f')).union(CodePoints.range('A', 'F'));
  private static final int MOST_DIGITS = 16;
  private static final int MOST_INDENTATION = 20;

  static final String VALUE = "json value";
  static final String OBJECT = "json object";
  static final String ARRAY = "json array";
  static final String STRING = "json string";
  static final String REST_OF_STRING = "json string's rest";
  static final String CHARACTER = "json character";

  private final Expr afterOpening;
  private final Expr colon;
  private final Expr comma;

  JsonRules(JsonSpacing spacing) {
    Expr line =
        Expr.sequence(
            new Expr.Text("\n"),
            new Expr.Repeat(new Expr.Chars(CodePoints.of(' ')), 0, MOST_INDENTATION));
    Expr free = Expr.optional(Expr.choice(new Expr.Text(" "), line));
    afterOpening = spacing == JsonSpacing.FREE ? free : Expr.EMPTY;
    colon =
        switch (spacing) {
          case COMPACT -> new Expr.Text(":");
          case SPACED -> new Expr.Text(": ");
          case FREE -> Expr.sequence(new Expr.Text(":"), Expr.optional(new Expr.Text(" ")));
        };
    comma =
        switch (spacing) {
          case COMPACT -> new Expr.Text(",");
          case SPACED -> new Expr.Text(", ");
          case FREE -> Expr.sequence(new Expr.Text(","), free);
        };
  }

  /** Code points that have to be escaped, one by one. */
  static int[] escaped() {
    return IntStream.concat(IntStream.rangeClosed(0, 0x1F), IntStream.of('"', '\\')).toArray();
  }

  Expr comma() {
    return comma;
  }

  Expr pair(Expr key, Expr value) {
    return Expr.sequence(key, colon, value);
  }

  Expr object(Expr members) {
    return enclosed("{", members, "}");
  }

  Expr array(Expr items) {
    return enclosed("[", items, "]");
  }

  private Expr enclosed(String open, Expr body, String close) {
    return Expr.sequence(
        new Expr.Text(open), afterOpening, body, afterOpening, new Expr.Text(close));
  }

  /** At least {@code min} and at most {@code max} items with commas between them. */
  Expr list(Expr item, int min, int max) {
    if (max == 0) {
      return Expr.EMPTY;
    }
    int most = max == Expr.UNBOUNDED ? Expr.UNBOUNDED : max - 1;
    Expr some =
        Expr.sequence(
            item, new Expr.Repeat(Expr.sequence(comma, item), Math.max(0, min - 1), most));
    return min == 0 ? Expr.optional(some) : some;
  }

  static Expr quoted(String text) {
    return new Expr.Text(JsonMapper.shared().writeValueAsString(StringNode.valueOf(text)));
  }

  /** A value as it stands. */
  Expr constant(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> {
        List<Expr> members =
            value
                .propertyStream()
                .map(entry -> pair(quoted(entry.getKey()), constant(entry.getValue())))
                .toList();
        yield object(joined(members));
      }
      case ARRAY -> array(joined(value.valueStream().map(this::constant).toList()));
      default -> new Expr.Text(JsonMapper.shared().writeValueAsString(value));
    };
  }

  private Expr joined(List<Expr> members) {
    Expr all = Expr.EMPTY;
    for (int i = 0; i < members.size(); i++) {
      all = i == 0 ? members.get(i) : Expr.sequence(all, comma, members.get(i));
    }
    return all;
  }

  /** A whole number of at most 16 digits. */
  static Expr integer() {
    return Expr.sequence(Expr.optional(new Expr.Text("-")), magnitude());
  }

  private static Expr magnitude() {
    return Expr.choice(
        new Expr.Text("0"),
        Expr.sequence(new Expr.Chars(DIGIT_1_TO_9), digits(0, MOST_DIGITS - 1)));
  }

  static Expr digits(int min, int max) {
    return new Expr.Repeat(new Expr.Chars(CodePoints.DIGITS), min, max);
  }

  /** A number of at most 16 digits on either side of the point, without an exponent. */
  static Expr number() {
    Expr fraction = Expr.sequence(new Expr.Text("."), digits(1, MOST_DIGITS));
    return Expr.sequence(integer(), Expr.optional(fraction));
  }

  /** Adds the rules that schemas refer to. */
  void addTo(Map<String, Expr> rules) {
    rules.put(CHARACTER, character());
    Expr rest = Expr.sequence(Expr.many(character()), new Expr.Text("\""));
    rules.put(REST_OF_STRING, rest);
    rules.put(STRING, Expr.sequence(new Expr.Text("\""), rest));
    Expr value = new Expr.Rule(VALUE);
    rules.put(OBJECT, object(list(pair(new Expr.Rule(STRING), value), 0, Expr.UNBOUNDED)));
    rules.put(ARRAY, array(list(value, 0, Expr.UNBOUNDED)));
    rules.put(
        VALUE,
        Expr.choice(
            new Expr.Rule(OBJECT),
            new Expr.Rule(ARRAY),
            new Expr.Rule(STRING),
            number(),
            new Expr.Text("true"),
            new Expr.Text("false"),
            new Expr.Text("null")));
  }

  /** One character of a string; half of a surrogate pair is none. */
  private static Expr character() {
    Expr hex = new Expr.Chars(HEX);
    Expr noSurrogate =
        Expr.choice(
            Expr.sequence(new Expr.Chars(HEX.minus(CodePoints.of('d', 'D'))), hex, hex, hex),
            Expr.sequence(
                new Expr.Chars(CodePoints.of('d', 'D')),
                new Expr.Chars(CodePoints.range('0', '7')),
                hex,
                hex));
    return Expr.choice(
        new Expr.Chars(ESCAPED.complement()),
        Expr.sequence(
            new Expr.Text("\\"),
            Expr.choice(
                new Expr.Chars(CodePoints.of('"', '\\', '/', 'b', 'f', 'n', 'r', 't')),
                Expr.sequence(new Expr.Text("u"), noSurrogate))));
  }
}
