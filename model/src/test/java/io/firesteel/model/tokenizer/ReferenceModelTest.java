package io.firesteel.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The embedded model's tokenizer against its reference data. */
class ReferenceModelTest {

  @TempDir static Path folder;
  private static Tokenizer tokenizer;
  private static JsonNode reference;

  @BeforeAll
  static void load() throws IOException {
    Path file = folder.resolve("model.gguf");
    try (InputStream model = resource("/io/firesteel/tinymoe/tiny-moe-q4_k_m.gguf");
        InputStream json = resource("/io/firesteel/model/reference/reference.json")) {
      Files.copy(model, file);
      reference = JsonMapper.shared().readTree(json);
    }
    tokenizer = Tokenizer.from(Vocabularies.metadata(file));
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(ReferenceModelTest.class.getResourceAsStream(name), name);
  }

  @TestFactory
  Stream<DynamicTest> encodesAndDecodes() {
    assertTrue(reference.get("tokenizer_tests").size() > 0);
    return elements("tokenizer_tests")
        .map(
            test ->
                DynamicTest.dynamicTest(
                    "'" + test.get("text").asString().replace("\n", "\\n") + "'",
                    () -> check(test)));
  }

  private static void check(JsonNode test) {
    String text = test.get("text").asString();
    int[] expected = ids(test.get("ids"));
    boolean special = test.path("parse_special").asBoolean(true);
    assertArrayEquals(expected, tokenizer.encode(text, false, special));
    assertEquals(text, new String(tokenizer.decodeBytes(expected, true), StandardCharsets.UTF_8));
  }

  @TestFactory
  Stream<DynamicTest> encodesPromptsAndDecodesAnswers() {
    return elements("prompts")
        .map(
            prompt ->
                DynamicTest.dynamicTest(
                    prompt.get("name").asString(),
                    () -> {
                      assertArrayEquals(
                          ids(prompt.get("ids")),
                          tokenizer.encode(prompt.get("text").asString(), true, true));
                      assertEquals(
                          prompt.get("greedy_text").asString(),
                          tokenizer.decode(ids(prompt.get("greedy_ids")), false, true));
                    }));
  }

  private static Stream<JsonNode> elements(String name) {
    return StreamSupport.stream(reference.get(name).spliterator(), false);
  }

  private static int[] ids(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
