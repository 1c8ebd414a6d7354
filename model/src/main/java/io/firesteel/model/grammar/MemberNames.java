package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Which schemas the members of an object must fit, by their names. */
final class MemberNames {
  private static final int MOST_PATTERNS = 5;

  private final JsonNode properties;
  private final JsonNode additional;
  private final JsonNode propertyNames;
  private final Evaluation evaluation;
  private final String place;
  private final List<NamePattern> patterns = new ArrayList<>();

  private record NamePattern(String pattern, CharAutomaton names, JsonNode schema) {}

  /**
   * Names that are not listed and that the same patterns match.
   *
   * @param patterns those patterns; none for additional properties
   * @param schema of their values
   */
  record Others(CharAutomaton names, List<String> patterns, JsonNode schema) {
    boolean areAdditional() {
      return patterns.isEmpty();
    }

    String place(String object) {
      String keys = Schemas.escaped(String.join(" ", patterns));
      return object + "/patternProperties/" + keys;
    }
  }

  MemberNames(ObjectNode schema, Evaluation evaluation, String place) {
    this.evaluation = evaluation;
    this.place = place;
    properties = objectOfSchemas(schema, "properties", place);
    additional = schema.path("additionalProperties");
    propertyNames = schema.path("propertyNames");
    objectOfSchemas(schema, "patternProperties", place)
        .propertyStream()
        .forEach(
            entry ->
                patterns.add(
                    new NamePattern(
                        entry.getKey(), matching(entry.getKey(), place), entry.getValue())));
  }

  private static JsonNode objectOfSchemas(JsonNode schema, String keyword, String place) {
    JsonNode value = schema.path(keyword);
    if (!value.isMissingNode() && !value.isObject()) {
      throw new GrammarException(place + "/" + keyword, "expected an object of schemas");
    }
    return value;
  }

  /** The texts in which a pattern of {@code patternProperties} is found. */
  static CharAutomaton matching(String pattern, String place) {
    String at = place + "/patternProperties/" + Schemas.escaped(pattern);
    return CharAutomaton.of(RegexParser.somewhere(pattern, at), at);
  }

  boolean hasPatterns() {
    return !patterns.isEmpty();
  }

  /** The schema of a member's value, whether or not the object may have it. */
  JsonNode schemaOf(String name) {
    List<JsonNode> parts = new ArrayList<>();
    if (properties.has(name)) {
      parts.add(properties.get(name));
    }
    for (NamePattern pattern : patterns) {
      if (pattern.names.matches(name)) {
        parts.add(pattern.schema);
      }
    }
    if (parts.isEmpty()) {
      return additional.isMissingNode() ? JsonMapper.shared().createObjectNode() : additional;
    }
    return Schemas.allOf(parts);
  }

  /** Whether {@code propertyNames} allows a name. */
  boolean allows(String name) {
    return propertyNames.isMissingNode()
        || evaluation.allows(propertyNames, StringNode.valueOf(name), place + "/propertyNames");
  }

  /** Those of some names that {@code propertyNames} allows. */
  CharAutomaton allowed(CharAutomaton names) {
    return propertyNames.isMissingNode()
        ? names
        : names.intersect(
            StringRules.allowed(propertyNames, evaluation.resolver(), place + "/propertyNames"),
            place);
  }

  /** Whether nothing but {@code properties} tells names apart. */
  boolean areFree() {
    return patterns.isEmpty() && propertyNames.isMissingNode();
  }

  /**
   * The names that are not listed, by what holds for their values.
   *
   * @param listed names that do not count
   * @param from what the other names are taken from
   */
  List<Others> others(List<String> listed, CharAutomaton from) {
    if (patterns.size() > MOST_PATTERNS) {
      throw new GrammarException(
          place + "/patternProperties", "more than " + MOST_PATTERNS + " patterns in one object");
    }
    List<Expr> texts = new ArrayList<>();
    listed.forEach(name -> texts.add(new Expr.Text(name)));
    CharAutomaton rest =
        from.intersect(CharAutomaton.of(new Expr.Choice(texts), place).complement(), place);
    List<Others> classes = new ArrayList<>();
    split(rest, patterns, List.of(), classes);
    return classes;
  }

  private void split(
      CharAutomaton names,
      List<NamePattern> left,
      List<NamePattern> matched,
      List<Others> classes) {
    if (names.isEmpty()) {
      return;
    }
    if (left.isEmpty()) {
      List<String> keys = matched.stream().map(NamePattern::pattern).toList();
      classes.add(new Others(names, keys, schemaOf(matched)));
      return;
    }
    NamePattern pattern = left.getFirst();
    List<NamePattern> further = left.subList(1, left.size());
    List<NamePattern> more = new ArrayList<>(matched);
    more.add(pattern);
    split(names.intersect(pattern.names, place), further, more, classes);
    split(names.intersect(pattern.names.complement(), place), further, matched, classes);
  }

  private JsonNode schemaOf(List<NamePattern> matched) {
    if (!matched.isEmpty()) {
      return Schemas.allOf(matched.stream().map(NamePattern::schema).toList());
    }
    return additional.isMissingNode() ? JsonMapper.shared().createObjectNode() : additional;
  }
}
