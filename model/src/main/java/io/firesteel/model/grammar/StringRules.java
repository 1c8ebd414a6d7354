package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Strings that a schema allows. */
final class StringRules {
  private static final String DAY =
      "[12]\\d{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
          + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";
  private static final String TIME =
      "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,20}[A-Za-z0-9])?";
  private static final String HOST = LABEL + "(?:\\." + LABEL + "){1,4}";
  private static final String SEGMENT = "[A-Za-z0-9._~-]{1,30}";
  private static final String PATH = "(?:/" + SEGMENT + "){0,6}/?";
  private static final String URI =
      "https?://" + HOST + "(?::[1-9]\\d{1,3})?" + PATH + "(?:\\?[A-Za-z0-9._~=&-]{1,40})?";
  private static final String WORD = "[A-Za-z0-9_]{1,20}";
  private static final String EMAIL =
      WORD + "(?:[.+-]" + WORD + "){0,2}@" + LABEL + "(?:\\." + LABEL + "){0,3}\\.[a-z]{2,8}";

  /** Texts that surely have a format; some have more. */
  private static final Map<String, String> FORMATS =
      Map.ofEntries(
          Map.entry("date", DAY),
          Map.entry("time", TIME),
          Map.entry("date-time", DAY + "T" + TIME),
          Map.entry(
              "duration",
              "P(?:\\d{1,4}W|\\d{1,4}D(?:T\\d{1,4}H)?|T\\d{1,4}H(?:\\d{1,4}M)?|T\\d{1,4}M(?:\\d{1,4}S)?|T\\d{1,4}S)"),
          Map.entry("uuid", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
          Map.entry("ipv4", OCTET + "(?:\\." + OCTET + "){3}"),
          Map.entry("ipv6", "[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}"),
          Map.entry("hostname", HOST),
          Map.entry("email", EMAIL),
          Map.entry("uri", URI),
          Map.entry("uri-reference", "(?:" + URI + ")|(?:/" + SEGMENT + "){1,6}"),
          Map.entry("json-pointer", "(?:/(?:[A-Za-z0-9_.-]|~[01]){0,30}){0,8}"));

  private static final Expr NOTHING = new Expr.Choice(List.of());

  private StringRules() {}

  static Expr of(JsonNode schema, String place) {
    int min = Schemas.count(schema, "minLength", 0, place);
    int max = Schemas.count(schema, "maxLength", Expr.UNBOUNDED, place);
    if (max >= 0 && min > max) {
      throw new Unsatisfiable(place, "minLength %d is more than maxLength %d".formatted(min, max));
    }
    CharAutomaton pattern = pattern(schema, place);
    if (pattern == null) {
      return bounded(min, max);
    }
    CharAutomaton whole = pattern;
    if (min > 0 || max >= 0) {
      whole = whole.intersect(lengths(min, max, place), place);
    }
    if (whole.isEmpty()) {
      throw new Unsatisfiable(place, "no string matches the pattern and has an allowed length");
    }
    return Expr.sequence(new Expr.Text("\""), new Expr.Machine(whole, true), new Expr.Text("\""));
  }

  private static Expr bounded(int min, int max) {
    if (min == 0 && max < 0) {
      return new Expr.Rule(JsonRules.STRING);
    }
    Expr character = new Expr.Rule(JsonRules.CHARACTER);
    return max < 0
        ? Expr.sequence(
            new Expr.Text("\""),
            new Expr.Repeat(character, min, min),
            new Expr.Rule(JsonRules.REST_OF_STRING))
        : Expr.sequence(
            new Expr.Text("\""), new Expr.Repeat(character, min, max), new Expr.Text("\""));
  }

  private static CharAutomaton lengths(int min, int max, String place) {
    return CharAutomaton.of(new Expr.Repeat(new Expr.Chars(CodePoints.ALL), min, max), place);
  }

  /** What the patterns, the formats and what is excluded leave; null if there are none. */
  static CharAutomaton pattern(JsonNode schema, String place) {
    List<CharAutomaton> all = new ArrayList<>();
    for (String pattern : Schemas.patterns(schema, place)) {
      all.add(matching(pattern, place));
    }
    for (String format : Schemas.formats(schema, place)) {
      if (FORMATS.containsKey(format)) {
        Expr texts = RegexParser.whole(FORMATS.get(format), place + "/format");
        all.add(CharAutomaton.of(texts, place + "/format"));
      }
    }
    for (JsonNode pattern : schema.path(Schemas.NOT_PATTERN)) {
      all.add(matching(pattern.asString(), place).complement());
    }
    Expr excluded = texts(schema.path(Schemas.NOT_ENUM));
    if (!excluded.equals(NOTHING)) {
      all.add(CharAutomaton.of(excluded, place).complement());
    }
    return all.stream().reduce((a, b) -> a.intersect(b, place + "/pattern")).orElse(null);
  }

  private static CharAutomaton matching(String pattern, String place) {
    return CharAutomaton.of(RegexParser.somewhere(pattern, place + "/pattern"), place + "/pattern");
  }

  /** Those of some values that are strings. */
  private static Expr texts(JsonNode values) {
    return new Expr.Choice(
        values
            .valueStream()
            .filter(JsonNode::isString)
            .<Expr>map(value -> new Expr.Text(value.stringValue()))
            .toList());
  }

  /** The strings that a schema allows, whatever it says of other values. */
  static CharAutomaton allowed(JsonNode schema, SchemaMerger.Resolver resolver, String place) {
    if (schema.isBoolean()) {
      return schema.booleanValue() ? everything(place) : CharAutomaton.of(NOTHING, place);
    }
    ObjectNode plain = Schemas.restricting(schema, place);
    if (plain.has("type") && !Schemas.types(plain, place).contains("string")) {
      return CharAutomaton.of(NOTHING, place);
    }
    List<CharAutomaton> parts = new ArrayList<>();
    CharAutomaton pattern = pattern(plain, place);
    if (pattern != null) {
      parts.add(pattern);
    }
    int min = Schemas.count(plain, "minLength", 0, place);
    parts.add(lengths(min, Schemas.count(plain, "maxLength", Expr.UNBOUNDED, place), place));
    for (String keyword : plain.propertyNames()) {
      part(keyword, plain.get(keyword), resolver, place).ifPresent(parts::add);
    }
    return parts.stream().reduce((a, b) -> a.intersect(b, place)).orElseThrow();
  }

  private static Optional<CharAutomaton> part(
      String keyword, JsonNode value, SchemaMerger.Resolver resolver, String place) {
    String at = place + "/" + keyword;
    return switch (keyword) {
      case "$ref" ->
          Optional.of(allowed(resolver.resolve(value.asString(), place), resolver, place));
      case "const" -> Optional.of(CharAutomaton.of(texts(list(value)), at));
      case "enum" -> Optional.of(CharAutomaton.of(texts(value), at));
      case "not" -> {
        if (value.findValue("format") != null) {
          throw new GrammarException(
              at, "a grammar cannot tell what a format refuses: use a pattern");
        }
        yield Optional.of(allowed(value, resolver, at).complement());
      }
      case "allOf" ->
          value
              .valueStream()
              .map(each -> allowed(each, resolver, at))
              .reduce((a, b) -> a.intersect(b, at));
      case "anyOf" ->
          value
              .valueStream()
              .map(each -> allowed(each, resolver, at).complement())
              .reduce((a, b) -> a.intersect(b, at))
              .map(CharAutomaton::complement);
      case "oneOf" ->
          throw new GrammarException(at, "is not supported for names of properties: use anyOf");
      default -> Optional.empty();
    };
  }

  private static JsonNode list(JsonNode value) {
    return JsonMapper.shared().createArrayNode().add(value);
  }

  private static CharAutomaton everything(String place) {
    return lengths(0, Expr.UNBOUNDED, place);
  }
}
