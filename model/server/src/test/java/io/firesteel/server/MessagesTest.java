package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class MessagesTest {
  private static final String PATH = "/v1/messages";
  private static final String QUESTION =
      "\"messages\": [{\"role\": \"user\", \"content\": \"What is 345 + 87?\"}],"
          + " \"max_tokens\": 200, \"temperature\": 0";
  private static final String TOOLS =
      """
      "max_tokens": 200, "temperature": 0, "tools": [{"name": "set_alarm",
        "description": "Set an alarm", "input_schema": {"type": "object",
        "properties": {"time": {"type": "string"}}, "required": ["time"]}}]\
      """;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode send(String fields) {
    TestServer.Reply reply = server.post(PATH, "{" + fields + "}");
    assertEquals(200, reply.status(), reply.body());
    return reply.json();
  }

  @Test
  void answersWithBlocksUsageAndReason() {
    JsonNode body = send(QUESTION);
    assertAll(
        () -> assertEquals("message", body.get("type").stringValue()),
        () -> assertEquals("end_turn", body.get("stop_reason").stringValue()),
        () -> assertEquals("text", body.at("/content/0/type").stringValue()),
        () -> assertTrue(body.at("/content/0/text").stringValue().contains("432"), body.toString()),
        () -> assertTrue(body.at("/usage/output_tokens").intValue() > 0));
  }

  @Test
  void tellsOfEachStepInOrder() {
    TestServer.Reply reply = server.post(PATH, "{" + QUESTION + ", \"stream\": true}");
    List<JsonNode> events = reply.jsonEvents();
    List<String> types = events.stream().map(e -> e.get("type").stringValue()).distinct().toList();
    String text =
        events.stream()
            .map(e -> e.at("/delta/text"))
            .filter(JsonNode::isString)
            .map(JsonNode::stringValue)
            .collect(Collectors.joining());
    assertEquals(
        List.of(
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop"),
        types);
    assertTrue(text.contains("432"), text);
    assertTrue(reply.body().startsWith("event: message_start\n"), reply.body());
  }

  @Test
  void usesAToolAndItsResult() {
    JsonNode asked =
        send(
            "\"messages\": [{\"role\": \"user\", \"content\": \"Set an alarm for 7:30.\"}], "
                + TOOLS);
    JsonNode use = asked.get("content").get(asked.get("content").size() - 1);
    assertEquals("tool_use", asked.get("stop_reason").stringValue(), asked.toString());
    assertEquals("set_alarm", use.get("name").stringValue());
    assertTrue(use.at("/input/time").stringValue().contains("7:30"));
    JsonNode answered =
        send(
            """
            "messages": [{"role": "user", "content": "Set an alarm for 7:30."},
              {"role": "assistant", "content": %s},
              {"role": "user", "content": [{"type": "tool_result", "tool_use_id": %s,
               "content": "{\\"status\\": \\"ok\\"}"}]}], %s\
            """
                .formatted(asked.get("content"), use.get("id"), TOOLS));
    assertFalse(answered.at("/content/0/text").asString("").isBlank(), answered.toString());
  }

  @Test
  void countsTokensBeforehand() {
    TestServer.Reply counted = server.post(PATH + "/count_tokens", "{" + QUESTION + "}");
    JsonNode usage = send(QUESTION).get("usage");
    assertEquals(
        usage.get("input_tokens").intValue() + usage.get("cache_read_input_tokens").intValue(),
        counted.json().get("input_tokens").intValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"messages": [{"role": "user", "content": "x"}]}                    | max_tokens
          {"max_tokens": 5}                                                   | messages
          {"max_tokens": 5, "messages": [{"role": "robot", "content": "x"}]}  | messages[0].role
          {"max_tokens": 5, "messages": [{"role": "user", "content": [{"type": "image"}]}]} | messages[0].content[0].type
          {"max_tokens": 5, "messages": [{"role": "user", "content": "x"}], "tools": [{"name": "f"}]} | tools[0].input_schema
          """)
  void refusesWhatIsWrongInItsOwnWords(String body, String field) {
    TestServer.Reply reply = server.post(PATH, body);
    assertEquals(400, reply.status(), reply.body());
    assertEquals("error", reply.json().get("type").stringValue());
    assertEquals("invalid_request_error", reply.json().at("/error/type").stringValue());
    assertTrue(reply.json().at("/error/message").stringValue().startsWith(field), reply.body());
  }
}
