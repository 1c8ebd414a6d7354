package io.firesteel.model.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.EmbeddedModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CheckTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final JsonNode ONE_CALL =
      JSON.readTree("[{\"name\": \"f\", \"arguments\": {\"n\": 3, \"s\": \"x\"}}]");

  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of(new Check.Exact("Paris"), " Paris\n", true),
        Arguments.of(new Check.Exact("Paris"), "paris", false),
        Arguments.of(new Check.Exact("A"), "<think>B</think>A", true),
        Arguments.of(new Check.Contains(List.of("seal", "teapot")), "The Seal had a TEAPOT.", true),
        Arguments.of(new Check.Contains(List.of("seal", "teapot")), "The seal had tea.", false),
        Arguments.of(new Check.ContainsCode(List.of("return x;")), "{ return x; }", true),
        Arguments.of(new Check.ContainsCode(List.of("return x;")), "{ RETURN X; }", false),
        Arguments.of(new Check.LastNumber("432"), "345 + 87 = 432.", true),
        Arguments.of(new Check.LastNumber("432"), "432 is not 433", false),
        Arguments.of(new Check.LastNumber("-5"), "7 - 12 = -5", true),
        Arguments.of(new Check.LastNumber("5"), "no number at all", false),
        Arguments.of(
            new Check.Json(JSON.readTree("{\"a\":1,\"b\":[2]}")), "{\"b\":[2.0],\"a\":1}", true),
        Arguments.of(new Check.Json(JSON.readTree("{\"a\":1}")), "{\"a\":1,\"b\":2}", false),
        Arguments.of(new Check.Json(JSON.readTree("{\"a\":1}")), "{\"a\":1", false),
        Arguments.of(new Check.ToolCalls(ONE_CALL), call("{\"s\":\"x\",\"n\":3}"), true),
        Arguments.of(new Check.ToolCalls(ONE_CALL), call("{\"s\":\"x\",\"n\":4}"), false),
        Arguments.of(
            new Check.ToolCalls(ONE_CALL),
            call("{\"s\":\"x\",\"n\":3}") + "\n" + call("{\"s\":\"x\",\"n\":3}"),
            false),
        Arguments.of(new Check.ToolCalls(ONE_CALL), "I cannot do that.", false),
        Arguments.of(new Check.ToolCalls(ONE_CALL), "<tool_call>\nnonsense\n</tool_call>", false));
  }

  private static String call(String arguments) {
    return "<tool_call>\n{\"name\": \"f\", \"arguments\": " + arguments + "}\n</tool_call>";
  }

  @ParameterizedTest
  @MethodSource("answers")
  void rightAndWrongAnswersAreToldApart(Check check, String reply, boolean right) {
    assertEquals(right, check.passes(reply));
  }

  @Test
  void theEmbeddedItemsAreSixtyOfEachCategory() throws IOException {
    try (InputStream in = EmbeddedModel.evaluationItems()) {
      List<EvaluationItem> items = EvaluationItem.read("eval.jsonl", in);
      assertEquals(360, items.size());
      for (String category : List.of("story", "arithmetic", "tools", "instruct", "facts", "java")) {
        assertEquals(60, items.stream().filter(i -> i.category().equals(category)).count());
      }
    }
  }

  /** The replies that the reference implementation gave, and its own verdicts on them. */
  @Test
  void theVerdictsOnTheReferenceRepliesAreTheReferencesOwn() throws IOException {
    try (InputStream in = EmbeddedModel.evaluationItems();
        InputStream outputs =
            CheckTest.class.getResourceAsStream(
                "/io/firesteel/model/reference/eval_outputs.json")) {
      List<EvaluationItem> items = EvaluationItem.read("eval.jsonl", in);
      JsonNode replies = JSON.readTree(outputs);
      assertEquals(items.size(), replies.size());
      for (int i = 0; i < items.size(); i++) {
        JsonNode reply = replies.get(i);
        boolean passes = items.get(i).check().passes(reply.get("output").asString());
        assertEquals(reply.get("ok").asBoolean(), passes, reply.toString());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"category\":\"a\"}         | items, line 1 has no field prompt_messages",
        "{\"category\":               | items, line 1 is no JSON object",
        "{\"category\":\"a\",\"prompt_messages\":[],\"answer\":\"1\",\"check\":\"odd\"} | check is"
            + " odd, expected exact, contains, number or json",
      })
  void aBrokenLineIsNamed(String line, String message) {
    InputStream in = new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8));
    IOException e = assertThrows(IOException.class, () -> EvaluationItem.read("items", in));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
