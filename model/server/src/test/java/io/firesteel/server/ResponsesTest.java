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

class ResponsesTest {
  private static final String PATH = "/v1/responses";
  private static final String TOOLS =
      """
      "tools": [{"type": "function", "name": "set_alarm", "description": "Set an alarm",
        "parameters": {"type": "object", "properties": {"time": {"type": "string"}},
        "required": ["time"]}}], "temperature": 0\
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

  private static JsonNode respond(String fields) {
    TestServer.Reply reply = server.post(PATH, "{" + fields + "}");
    assertEquals(200, reply.status(), reply.body());
    return reply.json();
  }

  @Test
  void answersAText() {
    JsonNode body = respond("\"input\": \"What is 345 + 87?\", \"temperature\": 0");
    JsonNode item = body.get("output").get(body.get("output").size() - 1);
    assertAll(
        () -> assertEquals("completed", body.get("status").stringValue()),
        () -> assertEquals("message", item.get("type").stringValue()),
        () -> assertTrue(item.at("/content/0/text").stringValue().contains("432"), item.toString()),
        () -> assertTrue(body.at("/usage/input_tokens").intValue() > 0),
        () -> assertTrue(body.at("/usage/output_tokens").intValue() > 0));
  }

  @Test
  void tellsOfEachStepInOrder() {
    TestServer.Reply reply =
        server.post(
            PATH, "{\"input\": \"What is 345 + 87?\", \"temperature\": 0, \"stream\": true}");
    List<JsonNode> events = reply.jsonEvents();
    List<String> types = events.stream().map(e -> e.get("type").stringValue()).toList();
    String text =
        events.stream()
            .filter(e -> e.get("type").stringValue().equals("response.output_text.delta"))
            .map(e -> e.get("delta").stringValue())
            .collect(Collectors.joining());
    JsonNode last = events.getLast().get("response");
    for (int i = 0; i < events.size(); i++) {
      assertEquals(i, events.get(i).get("sequence_number").intValue());
    }
    assertAll(
        () -> assertEquals("response.created", types.getFirst()),
        () -> assertEquals("response.in_progress", types.get(1)),
        () -> assertEquals("response.output_item.added", types.get(2)),
        () -> assertEquals("response.content_part.added", types.get(3)),
        () -> assertEquals("response.completed", types.getLast()),
        () -> assertEquals("response.output_item.done", types.get(types.size() - 2)),
        () -> assertEquals(text, last.at("/output/0/content/0/text").stringValue()),
        () -> assertTrue(text.contains("432"), text));
  }

  @Test
  void callsAFunctionAndUsesItsResult() {
    JsonNode asked = respond("\"input\": \"Set an alarm for 7:30.\", " + TOOLS);
    JsonNode call = asked.get("output").get(asked.get("output").size() - 1);
    assertEquals("function_call", call.get("type").stringValue(), asked.toString());
    assertEquals("set_alarm", call.get("name").stringValue());
    JsonNode answered =
        respond(
            """
            "input": [{"role": "user", "content": "Set an alarm for 7:30."}, %s,
              {"type": "function_call_output", "call_id": %s, "output": "{\\"status\\": \\"ok\\"}"}], %s\
            """
                .formatted(call, call.get("call_id"), TOOLS));
    JsonNode words = answered.get("output").get(answered.get("output").size() - 1);
    assertFalse(words.at("/content/0/text").asString("").isBlank(), answered.toString());
  }

  @Test
  void saysWhenTheLimitCutsItOff() {
    JsonNode body = respond("\"input\": \"Tell me a story.\", \"max_output_tokens\": 2");
    assertEquals("incomplete", body.get("status").stringValue());
    assertEquals("max_output_tokens", body.at("/incomplete_details/reason").stringValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                            | input
          {"input": []}                                 | input
          {"input": [{"type": "computer_call"}]}        | input[0].type
          {"input": [{"role": "user", "content": [{"type": "input_image"}]}]} | input[0].content[0].type
          {"input": "x", "previous_response_id": "r"}   | previous_response_id
          {"input": "x", "background": true}            | background
          {"input": "x", "tools": [{"type": "web_search"}]} | tools[0].type
          """)
  void refusesWhatItDoesNotDo(String body, String parameter) {
    TestServer.Reply reply = server.post(PATH, body);
    assertEquals(400, reply.status(), reply.body());
    assertEquals(parameter, reply.json().at("/error/param").stringValue(), reply.body());
  }
}
