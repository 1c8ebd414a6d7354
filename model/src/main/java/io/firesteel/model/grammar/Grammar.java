package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A form that an answer must have. Compiled when it is made; what it allows of a model's vocabulary
 * is found as answers get there, and kept for all answers under the same object: make it once.
 *
 * <pre>{@code
 * Grammar grammar = Grammar.jsonSchema("""
 *     {"type": "object", "properties": {"age": {"type": "integer", "minimum": 0}}, "required": ["age"]}
 *     """);
 * GenerationOptions.builder().grammar(grammar).build();
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class Grammar {
  private final String description;
  private final Map<String, Expr> rules;
  private final String root;
  private final Automaton automaton;
  private final Map<TokenTrie, TokenTable> tables = new HashMap<>();

  Grammar(String description, Map<String, Expr> rules, String root) {
    this.description = description;
    this.rules = Map.copyOf(rules);
    this.root = root;
    this.automaton = AutomatonBuilder.build(rules, root);
  }

  /**
   * JSON that a schema allows, with one blank after {@code :} and {@code ,}.
   *
   * @see #jsonSchema(JsonNode, JsonSpacing)
   */
  public static Grammar jsonSchema(String schema) {
    return jsonSchema(JsonSchemaCompiler.parse(schema), JsonSpacing.SPACED);
  }

  /**
   * JSON that a schema allows, with one blank after {@code :} and {@code ,}.
   *
   * @see #jsonSchema(JsonNode, JsonSpacing)
   */
  public static Grammar jsonSchema(JsonNode schema) {
    return jsonSchema(schema, JsonSpacing.SPACED);
  }

  /**
   * JSON that a schema of draft 2020-12 allows. Each text that the grammar lets through is valid;
   * not every valid text is let through: properties come in the schema's order, others than those
   * listed only where {@code additionalProperties} asks for them or none are listed, and numbers
   * have at most 16 digits on either side of the point and no exponent.
   *
   * <p>Known are {@code type, enum, const, properties, patternProperties, additionalProperties,
   * unevaluatedProperties, propertyNames, required, dependentRequired, dependentSchemas,
   * minProperties, maxProperties, items, prefixItems, minItems, maxItems, contains, minContains,
   * maxContains, uniqueItems} (of items that an {@code enum} lists), {@code minLength, maxLength,
   * pattern, format} (date, time, date-time, duration, uuid, ipv4, ipv6, hostname, email, uri,
   * uri-reference, json-pointer; others do not restrict), {@code minimum, maximum,
   * exclusiveMinimum, exclusiveMaximum, multipleOf} (of integers), {@code anyOf, oneOf, allOf, not,
   * if, then, else, $ref, $defs}. {@code oneOf} needs branches that exclude each other. What {@code
   * not} and {@code if} hold must have an opposite that a grammar can tell: a format, {@code
   * additionalProperties}, {@code patternProperties}, {@code propertyNames} and {@code uniqueItems}
   * have none.
   *
   * @throws GrammarException if the schema is none, allows nothing, uses other keywords that
   *     restrict, or needs too large an automaton; {@link GrammarException#place} is a JSON pointer
   */
  public static Grammar jsonSchema(JsonNode schema, JsonSpacing spacing) {
    JsonSchemaCompiler compiler = new JsonSchemaCompiler(schema, spacing, PropertyOrder.SCHEMA);
    return new Grammar("JSON schema", compiler.compile(), JsonSchemaCompiler.ROOT);
  }

  /** Any JSON object. */
  public static Grammar json() {
    return jsonSchema("{\"type\": \"object\"}");
  }

  /**
   * A text that a regular expression matches as a whole, in the syntax of ECMA-262 without
   * look-around and back references.
   *
   * @throws GrammarException at {@code line:column} of the expression
   */
  public static Grammar regex(String expression) {
    return new Grammar(
        "regular expression", Map.of("root", RegexParser.whole(expression, "")), "root");
  }

  /**
   * A grammar in GBNF, the notation of llama.cpp; the rule {@code root} describes the whole text.
   *
   * @throws GrammarException at {@code line:column} of the grammar, or at a rule's name
   */
  public static Grammar gbnf(String grammar) {
    return new Grammar("GBNF", new GbnfParser(grammar).rules(), "root");
  }

  /**
   * One of some texts.
   *
   * @throws GrammarException if there is none
   */
  public static Grammar choice(List<String> texts) {
    List<Expr> options = new ArrayList<>();
    texts.forEach(text -> options.add(new Expr.Text(text)));
    if (options.isEmpty()) {
      throw new GrammarException("choices", "there are none, expected at least one");
    }
    return new Grammar("choices", Map.of("root", new Expr.Choice(options)), "root");
  }

  /** The rules, for a grammar that this one is part of. */
  Map<String, Expr> rules() {
    return rules;
  }

  String root() {
    return root;
  }

  /**
   * Begins an answer.
   *
   * @param trie the vocabulary, of which one object should serve all answers of a model
   */
  public GrammarMatcher matcher(TokenTrie trie) {
    synchronized (tables) {
      TokenTable table = tables.get(trie);
      if (table == null || table.isFull()) {
        table = new TokenTable(automaton, trie);
        tables.put(trie, table);
      }
      return new GrammarMatcher(table);
    }
  }

  /** States of the automaton, a measure of its size. */
  public int states() {
    return automaton.ends().length;
  }

  @Override
  public String toString() {
    return "%s of %,d states".formatted(description, states());
  }
}
