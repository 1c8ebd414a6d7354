package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ChatCompletionsTest {
  private static final String PATH = "/v1/chat/completions";
  private static final String QUESTION =
      "\"messages\": [{\"role\": \"user\", \"content\": \"What is 345 + 87?\"}]";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode ask(String fields) {
    TestServer.Reply reply = server.post(PATH, "{" + QUESTION + ", " + fields + "}");
    assertEquals(200, reply.status(), reply.body());
    return reply.json();
  }

  private static String content(JsonNode body) {
    return body.at("/choices/0/message/content").stringValue();
  }

  @Test
  void answersWithMessageUsageAndReason() {
    JsonNode body = ask("\"temperature\": 0");
    JsonNode usage = body.get("usage");
    assertAll(
        () -> assertTrue(content(body).contains("432"), content(body)),
        () -> assertEquals("chat.completion", body.get("object").stringValue()),
        () -> assertEquals(server.id(), body.get("model").stringValue()),
        () -> assertEquals("stop", body.at("/choices/0/finish_reason").stringValue()),
        () -> assertTrue(usage.get("prompt_tokens").intValue() > 5),
        () ->
            assertEquals(
                usage.get("prompt_tokens").intValue() + usage.get("completion_tokens").intValue(),
                usage.get("total_tokens").intValue()));
  }

  @Test
  void streamsTheSameAnswerInPieces() {
    String whole = content(ask("\"temperature\": 0"));
    TestServer.Reply reply =
        server.post(
            PATH,
            "{"
                + QUESTION
                + ", \"temperature\": 0, \"stream\": true, \"stream_options\": {\"include_usage\":"
                + " true}}");
    List<JsonNode> chunks = reply.jsonEvents();
    String text =
        chunks.stream()
            .map(chunk -> chunk.at("/choices/0/delta/content"))
            .filter(JsonNode::isString)
            .map(JsonNode::stringValue)
            .collect(Collectors.joining());
    assertAll(
        () -> assertEquals(whole, text),
        () -> assertEquals("[DONE]", reply.events().getLast()),
        () -> assertTrue(chunks.size() > 3, "several pieces"),
        () -> assertTrue(chunks.getLast().get("choices").isEmpty()),
        () -> assertTrue(chunks.getLast().at("/usage/completion_tokens").intValue() > 0),
        () ->
            assertEquals(
                "stop",
                chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").stringValue()));
  }

  @Test
  void endsAtTheTokenLimit() {
    JsonNode body = ask("\"temperature\": 0, \"max_tokens\": 2");
    assertEquals("length", body.at("/choices/0/finish_reason").stringValue());
    assertEquals(2, body.at("/usage/completion_tokens").intValue());
  }

  @Test
  void endsBeforeAStopString() {
    JsonNode body = ask("\"temperature\": 0, \"stop\": [\"32\"]");
    assertFalse(content(body).contains("32"));
    assertEquals("stop", body.at("/choices/0/finish_reason").stringValue());
  }

  @Test
  void aSeedRepeatsAnAnswerAndChoicesDiffer() {
    String hot = "\"temperature\": 2, \"top_k\": 0, \"top_p\": 1, \"min_p\": 0, \"max_tokens\": 24";
    JsonNode first = ask(hot + ", \"seed\": 7, \"n\": 3");
    JsonNode second = ask(hot + ", \"seed\": 7, \"n\": 3");
    assertEquals(3, first.get("choices").size());
    for (int i = 0; i < 3; i++) {
      String path = "/choices/" + i + "/message/content";
      assertEquals(first.at(path), second.at(path));
    }
    assertNotEquals(first.at("/choices/0/message/content"), first.at("/choices/1/message/content"));
  }

  @Test
  void tellsHowLikelyEachTokenWas() {
    JsonNode body = ask("\"temperature\": 0, \"logprobs\": true, \"top_logprobs\": 3");
    JsonNode tokens = body.at("/choices/0/logprobs/content");
    StringBuilder text = new StringBuilder();
    for (JsonNode token : tokens) {
      text.append(token.get("token").stringValue());
      assertEquals(3, token.get("top_logprobs").size());
      assertEquals(
          token.get("logprob").doubleValue(),
          token.at("/top_logprobs/0/logprob").doubleValue(),
          1e-9,
          "the most likely token was taken");
      assertTrue(token.get("logprob").doubleValue() <= 0);
    }
    assertEquals(content(body).strip(), text.toString().strip());
  }

  @Test
  void callsAToolAndUsesItsResult() {
    String tools =
        """
        "tools": [{"type": "function", "function": {"name": "get_weather",
          "description": "Get the current weather in a city",
          "parameters": {"type": "object", "properties": {"city": {"type": "string"},
          "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}}, "required": ["city"]}}},
          {"type": "function", "function": {"name": "set_alarm", "description": "Set an alarm",
          "parameters": {"type": "object", "properties": {"time": {"type": "string"}},
          "required": ["time"]}}}], "temperature": 0\
        """;
    String user = "{\"role\": \"user\", \"content\": \"Set an alarm for 7:30.\"}";
    TestServer.Reply asked = server.post(PATH, "{\"messages\": [" + user + "], " + tools + "}");
    JsonNode call = asked.json().at("/choices/0/message/tool_calls/0");
    assertEquals(
        "tool_calls", asked.json().at("/choices/0/finish_reason").stringValue(), asked.body());
    assertEquals("set_alarm", call.at("/function/name").stringValue());
    assertTrue(call.at("/function/arguments").stringValue().contains("7:30"), asked.body());

    String result =
        "{\"role\": \"tool\", \"tool_call_id\": %s, \"content\": \"{\\\"status\\\": \\\"ok\\\"}\"}"
            .formatted(call.get("id"));
    TestServer.Reply answered =
        server.post(
            PATH,
            "{\"messages\": [%s, %s, %s], %s}"
                .formatted(user, asked.json().at("/choices/0/message"), result, tools));
    assertEquals(200, answered.status(), answered.body());
    assertFalse(content(answered.json()).isBlank());
  }

  @ParameterizedTest(name = "{0}: {1} {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                                            | 400 | messages
          {"messages": []}                                              | 400 | messages
          {"messages": "hi"}                                            | 400 | messages
          {"messages": [1]}                                             | 400 | messages[0]
          {"messages": [{"content": "hi"}]}                             | 400 | messages[0].role
          {"messages": [{"role": "robot", "content": "hi"}]}            | 400 | messages[0].role
          {"messages": [{"role": "user"}]}                              | 400 | messages[0].content
          {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]} | 400 | messages[0].content[0].type
          {"messages": [{"role": "user", "content": "hi"}], "temperature": 3}  | 400 | temperature
          {"messages": [{"role": "user", "content": "hi"}], "temperature": "hot"} | 400 | temperature
          {"messages": [{"role": "user", "content": "hi"}], "n": 0}     | 400 | n
          {"messages": [{"role": "user", "content": "hi"}], "n": 1.5}   | 400 | n
          {"messages": [{"role": "user", "content": "hi"}], "max_tokens": -1}  | 400 | max_tokens
          {"messages": [{"role": "user", "content": "hi"}], "stop": [1]}       | 400 | stop
          {"messages": [{"role": "user", "content": "hi"}], "top_logprobs": 3} | 400 | top_logprobs
          {"messages": [{"role": "user", "content": "hi"}], "tools": [{"type": "magic"}]} | 400 | tools[0].type
          {"messages": [{"role": "user", "content": "hi"}], "tool_choice": "required"} | 400 | tool_choice
          {"messages": [{"role": "user", "content": "hi"}], "logit_bias": {"x": 1}} | 400 | logit_bias
          {"messages": [{"role": "user", "content": "hi"}], "response_format": {"type": "xml"}} | 400 | response_format.type
          {"messages": [{"role": "user", "content": "hi"}], "functions": [{}]} | 400 | functions
          """)
  void refusesWhatIsWrongAndNamesTheField(String body, int status, String parameter) {
    TestServer.Reply reply = server.post(PATH, body);
    assertEquals(status, reply.status(), reply.body());
    assertEquals(parameter, reply.json().at("/error/param").stringValue(), reply.body());
    assertEquals("invalid_request_error", reply.json().at("/error/type").stringValue());
  }

  @Test
  void refusesAnotherModelByName() {
    TestServer.Reply reply = server.post(PATH, "{\"model\": \"gpt-4o\", " + QUESTION + "}");
    assertEquals(404, reply.status());
    assertEquals("model_not_found", reply.json().at("/error/code").stringValue());
    assertTrue(reply.json().at("/error/message").stringValue().contains(server.id()));
  }

  @Test
  void refusesAPromptLongerThanTheContext() {
    String words = "word ".repeat(server.model().contextLength() * 2);
    TestServer.Reply reply =
        server.post(PATH, "{\"messages\": [{\"role\": \"user\", \"content\": \"" + words + "\"}]}");
    assertEquals(400, reply.status());
    assertEquals("context_length_exceeded", reply.json().at("/error/code").stringValue());
  }

  @Test
  void aFormThatDoesNotFitIntoTheTokensAskedForIsTheClientsError() {
    TestServer.Reply reply =
        server.post(
            PATH,
            """
            {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 1,
             "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema":
             {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}}}}\
            """);
    assertEquals(400, reply.status(), reply.body());
    assertTrue(reply.body().contains("maxTokens"), reply.body());
  }
}
