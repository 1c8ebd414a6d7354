package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.EmbeddingRequest;
import io.firesteel.model.Embeddings;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class EmbeddingsTest {
  private static final String PATH = "/v1/embeddings";
  private static final List<String> TEXTS = List.of("The sky is blue.", "7 + 5");
  private static final String LIST = "[\"The sky is blue.\", \"7 + 5\"]";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode embed(String fields) {
    TestServer.Reply reply = server.post(PATH, "{" + fields + "}");
    assertEquals(200, reply.status(), reply.body());
    return reply.json();
  }

  private static float[] floats(JsonNode numbers) {
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = numbers.get(i).floatValue();
    }
    return vector;
  }

  @Test
  void givesTheVectorsOfTheLibraryInOrderWithUsage() {
    Embeddings expected = server.model().embed(EmbeddingRequest.texts(TEXTS));
    JsonNode body = embed("\"input\": " + LIST + ", \"model\": \"" + server.id() + "\"");
    assertEquals("list", body.get("object").stringValue());
    assertEquals(server.id(), body.get("model").stringValue());
    assertEquals(2, body.get("data").size());
    for (int i = 0; i < 2; i++) {
      JsonNode item = body.get("data").get(i);
      assertEquals("embedding", item.get("object").stringValue());
      assertEquals(i, item.get("index").intValue());
      assertArrayEquals(expected.vectors().get(i), floats(item.get("embedding")));
    }
    assertEquals(expected.tokens(), body.at("/usage/prompt_tokens").intValue());
    assertEquals(expected.tokens(), body.at("/usage/total_tokens").intValue());
  }

  @Test
  void packsVectorsAsLittleEndianFloats() {
    float[] expected = floats(embed("\"input\": \"7 + 5\"").at("/data/0/embedding"));
    String packed =
        embed("\"input\": \"7 + 5\", \"encoding_format\": \"base64\"")
            .at("/data/0/embedding")
            .stringValue();
    float[] vector = new float[expected.length];
    ByteBuffer.wrap(Base64.getDecoder().decode(packed))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(vector);
    assertArrayEquals(expected, vector);
  }

  @Test
  void takesTokensAndListsOfTokens() {
    JsonNode tokens = server.post("/tokenize", "{\"content\": \"7 + 5\"}").json().get("tokens");
    JsonNode ofText = embed("\"input\": \"7 + 5\"");
    assertEquals(ofText.get("data"), embed("\"input\": " + tokens).get("data"));
    JsonNode twice = embed("\"input\": [" + tokens + ", " + tokens + "]");
    assertEquals(ofText.at("/data/0/embedding"), twice.at("/data/1/embedding"));
  }

  @Test
  void cutsVectorsToTheDimensionsAskedFor() {
    JsonNode body = embed("\"input\": \"7 + 5\", \"dimensions\": 12");
    float[] vector = floats(body.at("/data/0/embedding"));
    assertEquals(12, vector.length);
    double squares = 0;
    for (float v : vector) {
      squares += (double) v * v;
    }
    assertEquals(1, squares, 1e-5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'{}' | input",
        "'{\"input\": \"\"}' | input",
        "'{\"input\": []}' | input",
        "'{\"input\": [\"a\", \"\"]}' | input",
        "'{\"input\": [\"a\", 3]}' | input",
        "'{\"input\": [[1, -1]]}' | input",
        "'{\"input\": {\"text\": \"a\"}}' | input",
        "'{\"input\": \"a\", \"dimensions\": 0}' | dimensions",
        "'{\"input\": \"a\", \"dimensions\": 257}' | dimensions",
        "'{\"input\": \"a\", \"encoding_format\": \"hex\"}' | encoding_format",
      })
  void namesTheFieldThatIsWrong(String body, String field) {
    TestServer.Reply reply = server.post(PATH, body);
    assertEquals(400, reply.status(), reply.body());
    assertEquals(field, reply.json().at("/error/param").stringValue(), reply.body());
  }

  @Test
  void refusesTextsLongerThanTheContextAndOtherModels() {
    TestServer.Reply tooLong = server.post(PATH, "{\"input\": \"" + "word ".repeat(5000) + "\"}");
    assertEquals(400, tooLong.status());
    assertEquals("context_length_exceeded", tooLong.json().at("/error/code").stringValue());
    assertEquals(404, server.post(PATH, "{\"input\": \"a\", \"model\": \"nobody\"}").status());
  }

  @Test
  void theListOfModelsSaysHowLongVectorsAre() {
    assertEquals(
        server.model().embeddingWidth(),
        server.get("/v1/models").json().at("/data/0/meta/embedding_length").intValue());
  }

  @Test
  void aClientThatGoesAwayEndsTheWork() throws IOException, InterruptedException {
    String text = "\"" + "The river runs to the sea. ".repeat(25) + "\"";
    String body = "{\"input\": [" + String.join(", ", Collections.nCopies(2000, text)) + "]}";
    try (Socket socket = server.open(PATH, body)) {
      for (int i = 0; server.model().load().running() == 0; i++) {
        assertTrue(i < 400, "the work begins");
        Thread.sleep(25);
      }
      assertTrue(socket.isConnected());
    }
    assertTrue(server.becomesIdle(), "the work ends long before it is done");
  }
}
