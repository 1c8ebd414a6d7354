package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.server.http.HttpLimits;
import io.firesteel.server.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Who may ask, for what, and how much of it. */
class AccessTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String HELLO =
      "{\"messages\": [{\"role\": \"user\", \"content\": \"hello secret\"}], \"max_tokens\": 4}";

  private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();
  private static TestServer server;

  @BeforeAll
  static void start() {
    PrintStream log = new PrintStream(LOG, true, StandardCharsets.UTF_8);
    server =
        TestServer.start(
            options ->
                options
                    .withHttp(
                        new HttpLimits(64, 1 << 16, Duration.ofSeconds(1), Duration.ofSeconds(2)))
                    .withAccessLog(log, false));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nothing, 404",
    "GET, /v1/chat/completions, 405",
    "DELETE, /v1/models, 405",
    "GET, /v1/models, 200",
    "GET, /v1/models/nobody, 404",
    "GET, /health, 200",
    "GET, /metrics, 200",
    "GET, /, 200",
    "POST, /v1/embeddings, 415",
    "GET, /../../etc/passwd, 400",
    "GET, /%2e%2e/%2e%2e/etc/passwd, 400",
    "GET, //etc/passwd, 400",
    "GET, /index.html, 404",
    "GET, /..%2f..%2fchat.js, 400",
    "GET, /META-INF/MANIFEST.MF, 404",
    "GET, /io/firesteel/server/page/chat.js, 404",
  })
  void knowsItsPathsAndNoFiles(String method, String path, int status) throws IOException {
    String line =
        server.raw(
            "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                .formatted(method, path)
                .getBytes(StandardCharsets.US_ASCII));
    assertTrue(line.startsWith("HTTP/1.1 " + status), line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "8.8.8.8"})
  void refusesOtherNamesForThisMachine(String host) throws IOException {
    String line =
        server.raw(
            "GET /v1/models HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                .formatted(host)
                .getBytes(StandardCharsets.US_ASCII));
    assertTrue(line.startsWith("HTTP/1.1 403"), line);
  }

  @ParameterizedTest
  @CsvSource({
    "http://evil.example, 403",
    "null, 403",
    "http://localhost:3000, 200",
    "http://127.0.0.1:8080, 200"
  })
  void refusesPagesFromElsewhere(String origin, int status) {
    assertEquals(status, server.get("/v1/models", "Origin", origin).status());
  }

  @Test
  void wantsJsonToBeCalledSo() {
    assertEquals(415, server.post(CHAT, HELLO, "content-type", "text/plain").status());
    assertEquals(
        200, server.post(CHAT, HELLO, "content-type", "application/json; charset=utf-8").status());
  }

  @Test
  void refusesBodiesThatAreTooLarge() {
    String large = "{\"messages\": \"" + "x".repeat(1 << 17) + "\"}";
    assertEquals(413, server.post(CHAT, large).status());
  }

  @Test
  void refusesBodiesThatDoNotArrive() throws IOException {
    String line;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.server().port())) {
      socket
          .getOutputStream()
          .write(
              ("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "Content-Length: 100\r\n\r\n{")
                  .formatted(CHAT)
                  .getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(20_000);
      byte[] answer = socket.getInputStream().readNBytes(12);
      line = new String(answer, StandardCharsets.US_ASCII);
    }
    assertEquals("HTTP/1.1 408", line);
  }

  @Test
  void listensToOthersOnlyWithAKey() {
    InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 0);
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> ServerOptions.DEFAULT.withAddress(everywhere));
    assertTrue(refusal.getMessage().contains("API key"), refusal.getMessage());
    ServerOptions withKey = ServerOptions.DEFAULT.withApiKey("k").withAddress(everywhere);
    assertEquals(everywhere, withKey.address());
  }

  @Test
  void logsSizesAndTimesButNoPrompts() throws InterruptedException {
    server.post(CHAT, HELLO);
    for (int i = 0; i < 200 && !LOG.toString(StandardCharsets.UTF_8).contains("finish"); i++) {
      Thread.sleep(10); // the line is written after the answer
    }
    List<JsonNode> lines =
        LOG.toString(StandardCharsets.UTF_8)
            .lines()
            .map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8)))
            .toList();
    JsonNode answered =
        lines.stream()
            .filter(line -> line.get("route").stringValue().equals(CHAT) && line.has("finish"))
            .findFirst()
            .orElseThrow();
    assertAll(
        () -> assertFalse(LOG.toString(StandardCharsets.UTF_8).contains("secret")),
        () -> assertEquals(200, answered.get("status").intValue()),
        () -> assertTrue(answered.get("prompt_tokens").intValue() > 0),
        () -> assertTrue(answered.get("answer_tokens").intValue() > 0),
        () -> assertTrue(answered.get("ms").doubleValue() > 0));
  }

  @Test
  void withAKeyLetsInWhoShowsIt() {
    Map<List<String>, Integer> expected =
        Map.of(
            List.of("Authorization", "Bearer right"), 200,
            List.of("authorization", "bearer right"), 200,
            List.of("x-api-key", "right"), 200,
            List.of("Authorization", "Bearer wrong"), 401,
            List.of("Authorization", "right"), 401,
            List.of("x-api-key", ""), 401,
            List.of("x-other", "right"), 401);
    try (TestServer locked = TestServer.start(options -> options.withApiKey("right"))) {
      expected.forEach(
          (header, status) ->
              assertEquals(
                  status,
                  locked.get("/v1/models", header.get(0), header.get(1)).status(),
                  header.toString()));
      assertEquals(200, locked.get("/health").status());
      assertEquals(200, locked.get("/").status());
      assertEquals(401, locked.get("/metrics").status());
    }
  }
}
