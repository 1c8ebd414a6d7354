package io.firesteel.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls judged by hand, in the published format. */
class BfclTest {
  private static final String TRUTH =
      """
      [{"area": {"base": [10], "height": [5, 5.5], "unit": ["square meters", ""], "at": [["New York", "LA"]]}}]
      """;

  private static final JsonNode NONE = JsonMapper.shared().createArrayNode();

  @TempDir Path folder;

  private static String call(String name, String arguments) {
    return "<tool_call>\n{\"name\": \"%s\", \"arguments\": %s}\n</tool_call>\n"
        .formatted(name, arguments);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"base": 10, "height": 5, "at": ["New York", "LA"]}                               | true
          {"base": 10.0, "height": 5.5, "unit": "Square-Meters", "at": ["new york", "L.A."]} | true
          {"base": 11, "height": 5, "at": ["New York", "LA"]}                               | false
          {"base": "10", "height": 5, "at": ["New York", "LA"]}                             | false
          {"height": 5, "at": ["New York", "LA"]}                                           | false
          {"base": 10, "height": 5, "at": ["LA", "New York"]}                               | false
          {"base": 10, "height": 5, "at": ["New York", "LA"], "colour": "red"}              | false
          {"base": 10, "height": 5, "unit": "feet", "at": ["New York", "LA"]}               | false
          """)
  void argumentsMustBeAmongTheAllowedOnes(String arguments, boolean right) {
    JsonNode truth = JsonMapper.shared().readTree(TRUTH);
    assertEquals(right, Bfcl.isRight(call("area", arguments), truth, NONE));
    assertEquals(false, Bfcl.isRight(call("volume", arguments), truth, NONE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"count": 2, "size": 3}               | true
          {"count": 2, "size": 3.0}             | true
          {"count": 2.0, "size": 3}             | false
          {"count": 2}                          | false
          {"count": 2, "size": 3, "note": ""}   | true
          {"size": 3, "note": "x"}              | false
          """)
  void argumentsAreAsDeclared(String arguments, boolean right) {
    JsonNode truth =
        JsonMapper.shared()
            .readTree("[{\"f\": {\"count\": [2], \"size\": [3, \"\"], \"note\": [\"\"]}}]");
    JsonNode functions =
        JsonMapper.shared()
            .readTree(
                """
                [{"name": "g", "parameters": {"required": ["other"]}},
                 {"name": "f", "parameters": {"type": "dict", "required": ["count", "size"], "properties":
                  {"count": {"type": "integer"}, "size": {"type": "float"}, "note": {"type": "string"}}}}]
                """);
    assertEquals(right, Bfcl.isRight(call("f", arguments), truth, functions));
  }

  @Test
  void severalCallsMayComeInAnyOrderButAllOnce() {
    JsonNode truth = JsonMapper.shared().readTree("[{\"f\": {\"x\": [1]}}, {\"f\": {\"x\": [2]}}]");
    String one = call("f", "{\"x\": 1}");
    String two = call("f", "{\"x\": 2}");
    assertTrue(Bfcl.isRight(two + one, truth, NONE));
    assertEquals(false, Bfcl.isRight(one + one, truth, NONE));
    assertEquals(false, Bfcl.isRight(one, truth, NONE));
    assertEquals(false, Bfcl.isRight(one + two + two, truth, NONE));
    assertEquals(false, Bfcl.isRight("<tool_call>{</tool_call>" + one, truth, NONE));
    assertEquals(false, Bfcl.isRight("I cannot do that.", truth, NONE));
  }

  @Test
  void setsAreReadWithTheirAnswers() throws IOException {
    Files.createDirectory(folder.resolve("possible_answer"));
    Files.writeString(
        folder.resolve("BFCL_v3_simple.json"),
        """
        {"id": "simple_0", "question": [[{"role": "user", "content": "Area?"}]], "function": [{"name": "area", "description": "d", "parameters": {"type": "dict", "properties": {"base": {"type": "float"}}}}]}
        """);
    Files.writeString(
        folder.resolve("possible_answer/BFCL_v3_simple.json"),
        "{\"id\": \"simple_0\", \"ground_truth\": [{\"area\": {\"base\": [10]}}]}\n");
    SuiteItem item = Bfcl.read(folder).getFirst();
    assertEquals("simple", item.category());
    assertEquals("Area?", item.messages().get(0).get("content").asString());
    JsonNode parameters = item.tools().get(0).get("function").get("parameters");
    assertEquals("object", parameters.get("type").asString());
    assertEquals("number", parameters.get("properties").get("base").get("type").asString());
    assertTrue(item.scorer().test(call("area", "{\"base\": 10}")));
  }
}
