package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class TextCompletionsTest {
  private static final String PATH = "/v1/completions";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode complete(String fields) {
    TestServer.Reply reply =
        server.post(PATH, "{\"temperature\": 0, \"max_tokens\": 8, " + fields + "}");
    assertEquals(200, reply.status(), reply.body());
    return reply.json();
  }

  @Test
  void continuesEachOfSeveralTexts() {
    JsonNode both = complete("\"prompt\": [\"Once upon a time\", \"The sea is\"]");
    JsonNode second = complete("\"prompt\": \"The sea is\"");
    assertAll(
        () -> assertEquals(2, both.get("choices").size()),
        () -> assertEquals(second.at("/choices/0/text"), both.at("/choices/1/text")),
        () -> assertEquals("length", both.at("/choices/0/finish_reason").stringValue()),
        () -> assertEquals(16, both.at("/usage/completion_tokens").intValue()));
  }

  @Test
  void continuesTokensAsTheirText() {
    JsonNode tokens =
        server.post("/tokenize", "{\"content\": \"Once upon a time\"}").json().get("tokens");
    assertEquals(
        complete("\"prompt\": \"Once upon a time\"").at("/choices/0/text"),
        complete("\"prompt\": " + tokens).at("/choices/0/text"));
  }

  @Test
  void echoesThePromptAndStreamsTheSame() {
    String whole =
        complete("\"prompt\": \"Once\", \"echo\": true").at("/choices/0/text").stringValue();
    assertTrue(whole.startsWith("Once"), whole);
    TestServer.Reply reply =
        server.post(
            PATH,
            "{\"temperature\": 0, \"max_tokens\": 8, \"prompt\": \"Once\", \"echo\": true,"
                + " \"stream\": true}");
    assertEquals(
        whole,
        reply.jsonEvents().stream()
            .map(event -> event.at("/choices/0/text").stringValue())
            .collect(Collectors.joining()));
    assertEquals("[DONE]", reply.events().getLast());
  }

  @Test
  void tellsHowLikelyTokensWere() {
    JsonNode choice =
        complete("\"prompt\": \"Once upon a time\", \"logprobs\": 2").at("/choices/0");
    JsonNode probabilities = choice.get("logprobs");
    assertAll(
        () -> assertEquals(8, probabilities.get("tokens").size()),
        () -> assertEquals(2, probabilities.at("/top_logprobs/0").size()),
        () -> assertEquals(0, probabilities.at("/text_offset/0").intValue()),
        () ->
            assertEquals(
                probabilities.at("/tokens/0").stringValue().length(),
                probabilities.at("/text_offset/1").intValue()));
  }

  @Test
  void turnsTextToTokensAndBack() {
    JsonNode tokens =
        server.post("/tokenize", "{\"content\": \"Grüße, 世界!\", \"with_pieces\": false}").json();
    TestServer.Reply back =
        server.post("/detokenize", "{\"tokens\": " + tokens.get("tokens") + "}");
    assertEquals("Grüße, 世界!", back.json().get("content").stringValue());
    assertEquals(tokens.get("tokens").size(), tokens.get("count").intValue());
  }

  @Test
  void countsTheTokensOfAConversation() {
    String messages = "\"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]";
    int counted = server.post("/tokenize", "{" + messages + "}").json().get("count").intValue();
    JsonNode answered =
        server.post("/v1/chat/completions", "{" + messages + ", \"max_tokens\": 1}").json();
    assertEquals(answered.at("/usage/prompt_tokens").intValue(), counted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                         | prompt
          {"prompt": ""}                             | prompt
          {"prompt": []}                             | prompt
          {"prompt": {}}                             | prompt
          {"prompt": [99999999]}                     | prompt
          {"prompt": [-1]}                           | prompt
          {"prompt": "x", "suffix": "y"}             | suffix
          {"prompt": "x", "best_of": 3}              | best_of
          {"prompt": "x", "echo": true, "logprobs": 1} | logprobs
          {"prompt": "x", "logprobs": 99}            | logprobs
          """)
  void refusesWhatIsWrongAndNamesTheField(String body, String parameter) {
    TestServer.Reply reply = server.post(PATH, body);
    assertEquals(400, reply.status(), reply.body());
    assertEquals(parameter, reply.json().at("/error/param").stringValue(), reply.body());
  }
}
