package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.model.template.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
  private static final ToolCall TAXI =
      ToolCall.of("order_taxi", Map.of("pickup", "market", "seats", 3));

  @Test
  void plainTextIsContent() {
    Answer answer = Answer.parse("Paris.\n", false);
    assertEquals(new Answer("Paris.", Optional.empty(), List.of()), answer);
    assertEquals("Paris.", answer.toMessage().text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        <tool_call>
        {"name": "order_taxi", "arguments": {"pickup": "market", "seats": 3}}
        </tool_call>\
        """,
        "<tool_call>{\"name\": \"order_taxi\", \"parameters\": {\"pickup\": \"market\", \"seats\":"
            + " 3}}",
        """
        <tool_call>
        <function=order_taxi>
        <parameter=pickup>
        market
        </parameter>
        <parameter=seats>
        3
        </parameter>
        </function>
        </tool_call>\
        """,
        "[TOOL_CALLS][{\"name\": \"order_taxi\", \"arguments\": {\"pickup\": \"market\", \"seats\":"
            + " 3}}]",
        "[TOOL_CALLS]order_taxi[ARGS]{\"pickup\": \"market\", \"seats\": 3}",
        "{\"name\": \"order_taxi\", \"parameters\": {\"pickup\": \"market\", \"seats\": 3}}"
      })
  void toolCallsOfSeveralFamiliesAreRead(String text) {
    assertEquals(new Answer("", Optional.empty(), List.of(TAXI)), Answer.parse(text, false));
  }

  @Test
  void contentAndSeveralCallsStandSideBySide() {
    String call = "<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call>";
    Answer answer = Answer.parse("Let me see.\n" + call + "\n" + call, false);
    assertEquals("Let me see.", answer.content());
    assertEquals(List.of("a", "a"), answer.toolCalls().stream().map(ToolCall::name).toList());
    assertEquals(answer.toolCalls(), answer.toMessage().toolCalls());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<tool_call>{\"name\": \"a\", \"arguments\": </tool_call>",
        "<tool_call>{\"name\": 3, \"arguments\": {}}</tool_call>",
        "<tool_call>{\"name\": \"a\"}</tool_call>",
        "<tool_call><function=a><parameter=b></tool_call>",
        "[TOOL_CALLS][{\"name\": \"a\", \"arguments\": {}}, 3]",
        "[TOOL_CALLS]a[ARGS]3",
        "{\"name\": \"Ada\", \"age\": 36}",
        "{} is an empty object",
        "<tool_call>"
      })
  void whatIsNoCallStaysContent(String text) {
    assertEquals(new Answer(text, Optional.empty(), List.of()), Answer.parse(text, false));
  }

  @Test
  void thoughtsComeFirstAndMayHaveBeenOpenedByTheTemplate() {
    Answer expected = new Answer("Four.", Optional.of("Two and two."), List.of());
    assertEquals(expected, Answer.parse("<think>\nTwo and two.\n</think>\n\nFour.", false));
    assertEquals(expected, Answer.parse("Two and two.\n</think>\nFour.", true));
    assertEquals(
        new Answer("Four.", Optional.empty(), List.of()),
        Answer.parse("<think>\n\n</think>\n\nFour.", false));
    assertEquals(
        new Answer("", Optional.of("Two and"), List.of()), Answer.parse("<think>Two and", false));
    assertEquals("Two and two.", expected.toMessage().reasoning().orElseThrow());
  }
}
