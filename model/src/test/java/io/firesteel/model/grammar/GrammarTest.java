package io.firesteel.model.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.model.EmbeddedModel;
import io.firesteel.model.sampling.TokenMask;
import io.firesteel.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {
  private static final String ARITHMETIC =
      """
      # sums of products
      root   ::= sum
      sum    ::= product ("+" product)*
      product::= atom ("*" atom)*   # a comment
      atom   ::= [0-9]{1,3} | "(" sum ")" | [^\\x00-\\x7F]
      """;

  private static Tokenizer tokenizer;
  private static RandomWalk walk;

  @BeforeAll
  static void load() throws IOException {
    try (Gguf file = EmbeddedModel.open()) {
      tokenizer = Tokenizer.from(file.metadata());
    }
    walk = new RandomWalk(tokenizer, tokenizer.vocabularySize() + 5);
  }

  private static boolean matches(Grammar grammar, String text) {
    GrammarMatcher matcher = grammar.matcher(walk.cutter().trie());
    return (text.isEmpty() || matcher.accept(text)) && matcher.mayEnd();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a|bc|d*",
        "[a-c]{2,4}x?",
        "(?:ab|c)+\\d{3}",
        "\\w+@\\w+\\.(com|org)",
        "[^a-z\\n]{1,3}",
        "ä{2}|😀+",
        "(yes|no)?",
        "\\u0041\\x42[\\]\\-]",
        "a.c",
        "x{0,3}y{2,}",
      })
  void expressionsLetThroughWhatTheyMatchAndNothingElse(String expression) {
    Grammar grammar = Grammar.regex(expression);
    Pattern java = Pattern.compile(expression);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 40; i++) {
      String text = walk.text(grammar, random, random.nextInt(12));
      assertTrue(java.matcher(text).matches(), expression + " let through '" + text + "'");
      assertTrue(matches(grammar, text), text);
      String broken = text + "~";
      assertEquals(java.matcher(broken).matches(), matches(grammar, broken), broken);
    }
    for (String text : List.of("", "a", "bc", "ddd", "ab123", "x", "yy", "yes", "no", "aXc")) {
      assertEquals(java.matcher(text).matches(), matches(grammar, text), text);
    }
  }

  @Test
  void gbnfRulesMayCallThemselves() {
    Grammar grammar = Grammar.gbnf(ARITHMETIC);
    for (String text : List.of("1", "1+2*3", "((((7))))", "(1+22)*333", "é+1")) {
      assertTrue(matches(grammar, text), text);
    }
    for (String text : List.of("", "1+", "(1", "1)", "1234", "a")) {
      assertFalse(matches(grammar, text), text);
    }
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 50; i++) {
      assertTrue(matches(grammar, walk.text(grammar, random, 30)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "root ::= \"a\" missing | missing",
        "top ::= \"a\" | root",
        "root ::= root \"a\" / \"b\" | 1:19",
        "root ::= \"a\\q\" | 1:14",
        "root ::= (\"a\" | 1:",
        "root ::= [a-z]{3,1} | 1:",
      })
  void gbnfThatIsWrongIsRefusedWithItsPlace(String grammar, String place) {
    GrammarException refused =
        assertThrows(GrammarException.class, () -> Grammar.gbnf(grammar.strip()));
    assertTrue(refused.getMessage().contains(place), refused.getMessage());
  }

  @Test
  void leftRecursionIsRefused() {
    GrammarException refused =
        assertThrows(
            GrammarException.class,
            () -> Grammar.gbnf("root ::= list\nlist ::= \"x\" | list \"x\""));
    assertTrue(refused.getMessage().contains("left recursion"), refused.getMessage());
    assertEquals("list", refused.place());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(a", "a)", "*a", "a{3,1}", "(?=a)b", "(a)\\1", "a^b", "\\bword", "[z-a]"})
  void expressionsThatCannotBeUsedAreRefused(String expression) {
    assertThrows(GrammarException.class, () -> Grammar.regex(expression));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\": \"integer\", \"minimum\": 5, \"maximum\": 4}|#",
        "{\"type\": \"integer\", \"minimum\": 7, \"maximum\": 8, \"multipleOf\": 5}|#",
        "{\"type\": \"string\", \"pattern\": \"^a{3}$\", \"maxLength\": 2}|#",
        "{\"type\": \"string\", \"enum\": [1, null]}|#/enum",
        "{\"properties\": {\"a\": {\"properties\": {\"b\": false}, \"required\": [\"b\"]}},"
            + " \"required\": [\"a\"]}|#/properties/a/properties/b",
        "{\"type\": \"array\", \"minItems\": 3, \"maxItems\": 2}|#",
        "{\"type\": \"array\", \"items\": {\"enum\": []}, \"minItems\": 1}|#/items/enum",
        "{\"properties\": {\"next\": {\"$ref\": \"#\"}}, \"required\": [\"next\"]}|#",
        "{\"anyOf\": [false, {\"type\": \"integer\", \"const\": \"x\"}]}|#/anyOf/1/const",
        "{\"allOf\": [{\"type\": \"string\"}, {\"type\": \"integer\"}]}|#/type",
        "{\"properties\": {\"a~/b\": {\"type\": \"text\"}}}|#/properties/a~0~1b/type",
        "{\"not\": {}}|#/not",
        "{\"not\": {\"format\": \"date\"}}|#/not/format",
        "{\"not\": {\"anyOf\": [{\"additionalProperties\":"
            + " false}]}}|#/not/anyOf/0/additionalProperties",
        "{\"type\": \"integer\", \"not\": {\"multipleOf\": 1}}|#/not/multipleOf",
        "{\"type\": \"array\", \"not\": {\"const\": [1]}}|#/not",
        "{\"if\": {\"propertyNames\": {\"maxLength\": 2}}, \"else\": {\"required\":"
            + " [\"a\"]}}|#/anyOf/1/not/propertyNames",
        "{\"propertyNames\": {\"oneOf\": [true]}}|#/propertyNames/oneOf",
        "{\"patternProperties\": {\"(?=a)\": {}}}|#/patternProperties/(?=a) at 1:3",
        "{\"patternProperties\": {\"^a\": {\"type\": \"text\"}}}|#/patternProperties/^a/type",
        "{\"minProperties\": 2, \"patternProperties\": {\"^a\": {}}}|#/minProperties",
        "{\"contains\": {\"type\": \"string\"}, \"items\": {\"type\": \"null\"}}|#/contains/type",
        "{\"contains\": {}, \"minContains\": 3, \"maxContains\": 2}|#/maxContains",
        "{\"uniqueItems\": true, \"minItems\": 3, \"items\": {\"enum\": [1, 1.0, 2]}}|#",
        "{\"dependentRequired\": {\"a\": \"b\"}}|#/dependentRequired",
        "{\"type\": [\"string\", [\"null\"]]}|#/type",
        "{\"minimum\": \"1\"}|#/minimum",
        "{\"minimum\": 1e999999999}|#/minimum",
        "{\"enum\": [1e999999999], \"minimum\": 1}|#",
        "{\"required\": [{}]}|#/required",
        "{\"properties\": {\"a\": 1}}|#/properties",
        "{\"items\": [true]}|#/items",
        "{\"$ref\": [\"#\"]}|#/$ref",
        "{\"allOf\": [{\"multipleOf\": 0.5}, {\"multipleOf\": 2}]}|#/multipleOf",
        "{\"items\": {\"uniqueItems\": true, \"type\": \"array\"}}|#/items/uniqueItems",
        "{\"$ref\": \"#/$defs/absent\"}|#/$ref",
        "{\"$ref\": \"other.json\"}|#/$ref",
        "{\"pattern\": \"(?<=a)b\"}|#/pattern at 1:3",
        "{\"oneOf\": [{\"type\": \"integer\"}, {\"type\": \"number\"}]}|#/oneOf",
        "{\"type\": \"string\", \"minLength\": 300000}|#",
        "{\"type\": \"string\", \"pattern\": \"^[ab]*a[ab]{18}$\"}|#/pattern",
        "{\"type\"|#",
      })
  void schemasThatNothingSatisfiesOrThatCannotBeEnforcedAreRefusedWithTheirPlace(
      String schema, String place) {
    GrammarException refused =
        assertThrows(GrammarException.class, () -> Grammar.jsonSchema(schema));
    assertEquals(place, refused.place(), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\": \"string\", \"not\": {\"enum\": [\"a\", \"b\"]}} | \"ab\" ~ \"\" | \"a\" ~"
            + " \"b\"",
        "{\"type\": \"string\", \"not\": {\"pattern\": \"x\"}} | \"ab\" ~ \"\" | \"axb\" ~ \"x\"",
        "{\"type\": \"integer\", \"not\": {\"enum\": [0, 7]}} | 1 ~ 77 ~ -7 | 0 ~ -0 ~ 7",
        "{\"type\": \"number\", \"not\": {\"const\": 2.5}} | 2.51 ~ 2 ~ -2.5 | 2.5 ~ 2.50",
        "{\"type\": \"integer\", \"not\": {\"multipleOf\": 3}} | 1 ~ -2 ~ 10 | 3 ~ 0 ~ -9",
        "{\"not\": {\"type\": [\"string\", \"object\"]}} | 1 ~ null ~ [\"a\"] | \"a\" ~ {}",
        "{\"type\": \"object\", \"not\": {\"required\": [\"a\"]}} | {} ~ {\"b\": 1} | {\"a\": 1}",
        "{\"enum\": [1, 2, \"a\"], \"not\": {\"type\": \"string\"}} | 1 ~ 2 | \"a\"",
        "{\"enum\": [[1], [1, \"a\"]], \"items\": {\"type\": \"integer\"}} | [1] | [1, \"a\"]",
        "{\"properties\": {\"k\": {\"enum\": [1, 2]}, \"v\": {\"type\": \"null\"}}, \"if\":"
            + " {\"properties\": {\"k\": {\"const\": 1}}}, \"then\": {\"required\": [\"v\"]}} |"
            + " {\"k\": 1, \"v\": null} ~ {\"k\": 2} ~ {\"v\": null} | {\"k\": 1} ~ {}",
        "{\"properties\": {\"a\": {\"const\": 1}, \"b\": {\"const\": 2}}, \"dependentRequired\":"
            + " {\"a\": [\"b\"]}} | {} ~ {\"b\": 2} ~ {\"a\": 1, \"b\": 2} | {\"a\": 1}",
        "{\"patternProperties\": {\"^n\": {\"type\": \"integer\"}}, \"additionalProperties\":"
            + " {\"type\": \"null\"}} | {\"n1\": 3} ~ {\"a\": null, \"n\": 1} ~ {} | {\"n1\": null}"
            + " ~ {\"a\": 3}",
        "{\"properties\": {\"n\": {\"minimum\": 3}}, \"patternProperties\": {\"^n\": {\"type\":"
            + " \"integer\"}}} | {\"n\": 3} ~ {\"n2\": 1} | {\"n\": 2} ~ {\"n\": 3.5} ~ {\"a\": 1}",
        "{\"propertyNames\": {\"enum\": [\"a\", \"b\"]}, \"additionalProperties\": {\"type\":"
            + " \"integer\"}} | {\"a\": 1} ~ {\"b\": 1, \"a\": 2} | {\"c\": 1}",
        "{\"items\": {\"type\": \"integer\"}, \"contains\": {\"minimum\": 5}} | [5] ~ [1, 6, 2] |"
            + " [] ~ [1, 2]",
        "{\"items\": {\"type\": \"integer\"}, \"contains\": {\"const\": 1}, \"maxContains\": 1} |"
            + " [1] ~ [2, 1] | [1, 1] ~ [2]",
        "{\"uniqueItems\": true, \"items\": {\"enum\": [1, 2, 3]}} | [] ~ [3, 1] ~ [2, 3, 1] | [1,"
            + " 1]",
        "{\"prefixItems\": [{\"const\": 1}], \"items\": false} | [] ~ [1] | [2] ~ [1, 1]",
        "{\"allOf\": [{\"type\": \"integer\", \"multipleOf\": 4}, {\"multipleOf\": 6}]} | 12 ~ -24"
            + " | 4 ~ 6 ~ 8",
        "{\"type\": \"string\", \"format\": \"ipv6\"} | \"2001:db8:0:0:0:0:0:1\" | \"2001\"",
      })
  void schemasLetThroughWhatTheyAllow(String schema, String allowed, String refused) {
    Grammar grammar = Grammar.jsonSchema(schema);
    for (String text : allowed.split("~")) {
      assertTrue(matches(grammar, text.strip()), text);
    }
    for (String text : refused.split("~")) {
      assertFalse(matches(grammar, text.strip()), text);
    }
  }

  @Test
  void whatMayBeLeftOutNeedNotBeSatisfiable() {
    Grammar grammar =
        Grammar.jsonSchema(
            """
            {"properties": {"no": false, "yes": {"const": 1}, "self": {"$ref": "#"}},
             "additionalProperties": {"enum": []}}
            """);
    assertTrue(matches(grammar, "{\"yes\": 1, \"self\": {}}"));
    assertFalse(matches(grammar, "{\"no\": 1}"));
  }

  @Test
  void aChoiceIsOneOfItsTexts() {
    Grammar grammar = Grammar.choice(List.of("red", "reddish", "grün"));
    assertTrue(matches(grammar, "red"));
    assertTrue(matches(grammar, "reddish"));
    assertFalse(matches(grammar, "reddi"));
    assertThrows(GrammarException.class, () -> Grammar.choice(List.of()));
  }

  @Test
  void masksHoldJustTheTokensThatFit() {
    List<Grammar> grammars =
        List.of(
            Grammar.json(),
            Grammar.gbnf(ARITHMETIC),
            Grammar.regex("[a-z ]*(done|over)"),
            Grammar.jsonSchema(RandomSchemas.schema(5, 20)));
    for (Grammar grammar : grammars) {
      GrammarMatcher matcher = grammar.matcher(walk.cutter().trie());
      SplittableRandom random = new SplittableRandom(3);
      for (int step = 0; step < 25 && !matcher.mustEnd(); step++) {
        TokenMask allowed = matcher.allowed();
        int[] fitting =
            java.util.stream.IntStream.range(0, tokenizer.vocabularySize())
                .filter(token -> matcher.copy().accept(token))
                .toArray();
        int[] masked =
            java.util.stream.IntStream.range(0, allowed.vocabulary())
                .filter(allowed::allows)
                .toArray();
        assertEquals(Arrays.toString(fitting), Arrays.toString(masked), grammar.toString());
        int token = masked[random.nextInt(masked.length)];
        if (!tokenizer.isEndOfGeneration(token)) {
          assertTrue(matcher.accept(token));
        }
      }
    }
  }

  @Test
  void whatIsForcedIsCutAsTheModelCutsIt() {
    Grammar grammar =
        Grammar.jsonSchema(
            """
            {"type": "object", "properties": {"temperature": {"type": "integer"}},
             "required": ["temperature"]}
            """);
    GrammarMatcher matcher = grammar.matcher(walk.cutter().trie());
    int[] forced = matcher.forced(walk.cutter());
    String text = tokenizer.decode(forced, false, false);
    assertTrue("{\"temperature\": ".startsWith(text), text);
    assertTrue(text.contains("temperature"), text);
    int[] whole = tokenizer.encode("{\"temperature\": ", false, false);
    assertEquals(Arrays.toString(Arrays.copyOf(whole, forced.length)), Arrays.toString(forced));
  }
}
