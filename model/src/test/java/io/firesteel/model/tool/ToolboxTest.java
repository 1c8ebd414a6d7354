package io.firesteel.model.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.template.Message;
import io.firesteel.model.template.ToolCall;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ToolboxTest {
  enum Unit {
    METRES,
    FEET
  }

  @Description("A hill")
  record Hill(
      @Description("Its name") String name,
      int height,
      Unit unit,
      Optional<LocalDate> climbed,
      List<Hill> neighbours,
      Map<String, Double> marks) {}

  record Sum(int a, int b) {}

  /** Tools as methods. */
  public static final class Calculator {
    @ToolMethod("Add two numbers")
    public int add(Sum sum) {
      return Math.addExact(sum.a, sum.b);
    }
  }

  /** A tool whose parameters' names are not known, as this test is compiled without them. */
  public static final class Nameless {
    @ToolMethod("Double a number")
    public int twice(int number) {
      return 2 * number;
    }
  }

  private static final Toolbox BOX = Toolbox.of(new Calculator());

  @Test
  void aRecordsSchemaHasItsComponentsInOrderWithTheirWords() {
    assertEquals(
        JsonMapper.shared()
            .readTree(
                """
                {"type": "object", "description": "A hill", "properties": {
                   "name": {"type": "string", "description": "Its name"},
                   "height": {"type": "integer", "format": "int32"},
                   "unit": {"type": "string", "enum": ["METRES", "FEET"]},
                   "climbed": {"type": "string", "format": "date"},
                   "neighbours": {"type": "array", "items": {"$ref": "#"}},
                   "marks": {"type": "object", "additionalProperties": {"type": "number"}}},
                 "required": ["name", "height", "unit", "neighbours", "marks"]}
                """),
        JsonSchemas.of(Hill.class));
  }

  @Test
  void aTypeWithoutASchemaIsNamed() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> JsonSchemas.of(Thread.class));
    assertTrue(refused.getMessage().contains("java.lang.Thread"), refused.getMessage());
  }

  @Test
  void methodsBecomeToolsAndRunWithTheArgumentsOfACall() {
    assertEquals("Add two numbers", BOX.tools().getFirst().description());
    Message result = BOX.run(new ToolCall("call_1", "add", Map.of("a", 40, "b", 2)));
    assertEquals("42", result.text());
    assertEquals("call_1", result.toolCallId().orElseThrow());
  }

  @Test
  void aMethodWhoseParametersHaveNoNamesIsRefused() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Toolbox.of(new Nameless()));
    assertTrue(refused.getMessage().contains("-parameters"), refused.getMessage());
  }

  @Test
  void whatGoesWrongIsToldToTheModel() {
    assertTrue(BOX.run(ToolCall.of("divide", Map.of())).text().contains("there is no tool"));
    assertTrue(BOX.run(ToolCall.of("add", Map.of("a", "many"))).text().contains("do not fit"));
    Map<String, Integer> large = Map.of("a", Integer.MAX_VALUE, "b", 1);
    assertEquals("{\"error\":\"integer overflow\"}", BOX.run(ToolCall.of("add", large)).text());
  }

  @Test
  void callsOfOneAnswerRunAtOnceAndAnswerInOrder() {
    List<Message> results =
        BOX.run(
            List.of(
                ToolCall.of("add", Map.of("a", 1, "b", 1)),
                ToolCall.of("add", Map.of("a", 2, "b", 2))));
    assertEquals(List.of("2", "4"), results.stream().map(Message::text).toList());
  }
}
