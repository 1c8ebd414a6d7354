package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Strings that a schema allows. */
final class StringRules {
  private static final String DAY =
      "[12]\\d{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
          + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";
  private static final String TIME =
      "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Map<String, String> FORMATS =
      Map.of(
          "date",
          DAY,
          "time",
          TIME,
          "date-time",
          DAY + "T" + TIME,
          "uuid",
          "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
          "ipv4",
          OCTET + "(?:\\." + OCTET + "){3}",
          "email",
          "[A-Za-z0-9_]+(?:[.+-][A-Za-z0-9_]+)*@[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\\.[a-z]{2,8}");

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

  /** What the patterns and the format allow; null if there are none. */
  static CharAutomaton pattern(JsonNode schema, String place) {
    List<Expr> all = new ArrayList<>();
    for (String pattern : Schemas.patterns(schema, place)) {
      all.add(RegexParser.somewhere(pattern, place + "/pattern"));
    }
    String format = FORMATS.get(schema.path("format").asString(""));
    if (format != null) {
      all.add(RegexParser.whole(format, place + "/format"));
    }
    CharAutomaton joint = null;
    for (Expr one : all) {
      CharAutomaton automaton = CharAutomaton.of(one, place + "/pattern");
      joint = joint == null ? automaton : joint.intersect(automaton, place + "/pattern");
    }
    return joint;
  }
}
