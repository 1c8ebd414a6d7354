package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.ModelOptions;
import io.firesteel.server.http.HttpLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Clients that vanish, dawdle or talk nonsense. Longer with {@code -Dfaults.clients=500
 * -Dfaults.bodies=10000}.
 */
class FaultTest {
  private static final int CLIENTS = Integer.getInteger("faults.clients", 20);
  private static final int BODIES = Integer.getInteger("faults.bodies", 300);
  private static final int AT_A_TIME = 20;
  private static final String CHAT = "/v1/chat/completions";
  private static final String QUESTION =
      "{\"messages\": [{\"role\": \"user\", \"content\": \"What is 345 + 87?\"}], \"temperature\":"
          + " 0}";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            options ->
                options.withHttp(
                    new HttpLimits(256, 1 << 20, Duration.ofSeconds(5), Duration.ofSeconds(1))));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String endless(boolean stream) {
    return "{\"messages\": [{\"role\": \"user\", \"content\": \"Tell me a long story.\"}],"
        + " \"ignore_eos\": true, \"max_tokens\": 1500, \"stream\": "
        + stream
        + "}";
  }

  private static void assertUnharmed() throws InterruptedException {
    assertTrue(server.becomesIdle(), "answers go on without a client");
    TestServer.Reply reply = server.post(CHAT, QUESTION);
    assertEquals(200, reply.status(), reply.body());
    assertTrue(reply.body().contains("432"), reply.body());
  }

  @ParameterizedTest(name = "streaming {0}")
  @ValueSource(booleans = {true, false})
  void clientsThatVanishFreeTheirAnswers(boolean stream) throws Exception {
    Random random = new Random(1);
    for (int done = 0; done < CLIENTS; done += AT_A_TIME) {
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < Math.min(AT_A_TIME, CLIENTS - done); i++) {
        sockets.add(server.open(CHAT, endless(stream)));
      }
      for (Socket socket : sockets) {
        if (stream) {
          socket.getInputStream().readNBytes(random.nextInt(1500));
        }
        if (random.nextBoolean()) {
          socket.setSoLinger(true, 0); // resets the connection instead of ending it
        }
        socket.close();
      }
      assertTrue(server.becomesIdle(), "answers go on without a client");
    }
    assertUnharmed();
  }

  @Test
  void aClientThatVanishesFromTheMiddleOfAWholeAnswerFreesIt() throws Exception {
    String body = endless(false).replace("\"stream\"", "\"n\": 8, \"stream\"");
    try (Socket socket = server.open(CHAT, body)) {
      for (int i = 0; server.model().load().running() == 0; i++) {
        assertTrue(i < 400, "the answer begins");
        Thread.sleep(25);
      }
      Thread.sleep(300); // by now tokens come without a break
      assertTrue(socket.isConnected());
    }
    assertUnharmed();
  }

  @Test
  void clientsThatDoNotReadAreCutOff() throws Exception {
    String request =
        "{\"messages\": [{\"role\": \"user\", \"content\": \"Tell me a long story.\"}], \"n\": 4,"
            + " \"ignore_eos\": true, \"max_tokens\": 1500, \"stream\": true, \"logprobs\": true,"
            + " \"top_logprobs\": 20}";
    byte[] body = request.getBytes(StandardCharsets.UTF_8);
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.server().port()));
      socket
          .getOutputStream()
          .write(
              ("POST "
                      + CHAT
                      + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "Content-Length: "
                      + body.length
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(body);
      Thread.sleep(200);
      assertUnharmed();
    }
  }

  @Test
  void malformedBodiesGetDefinedAnswers() throws InterruptedException {
    BodyMutator mutator = new BodyMutator(42);
    Set<Integer> defined = Set.of(200, 400, 404, 413);
    for (int i = 0; i < BODIES; i++) {
      BodyMutator.Body body = mutator.next();
      TestServer.Reply reply = server.post(body.path(), body.text());
      assertTrue(
          defined.contains(reply.status()),
          "body %d to %s: status %d, %s, body %s"
              .formatted(i, body.path(), reply.status(), reply.body(), body.text()));
      if (reply.status() != 200) {
        JsonNode error = reply.json().get("error");
        assertFalse(error.get("message").stringValue().isBlank());
      }
    }
    assertUnharmed();
  }

  static List<String> hostileHeads() {
    String chat = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n";
    String json = "Content-Type: application/json\r\n";
    return List.of(
        "\r\n\r\n",
        "GET\r\n\r\n",
        "\u0000\u0001\u0002\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "G\u00e4T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(100_000) + "\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X: 1\r\n".repeat(20_000) + "\r\n",
        chat + json + "Content-Length: -5\r\n\r\n",
        chat + json + "Content-Length: abc\r\n\r\n",
        chat + json + "Content-Length: 99999999999999999999\r\n\r\n",
        chat + json + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
        chat + json + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        chat + json + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        chat + json + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n",
        chat + json + "Transfer-Encoding: gzip\r\n\r\n",
        chat + json + "Content-Length: 2\r\n\r\n{",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("hostileHeads")
  void hostileRequestsAreRefusedOrCutOff(String head) throws IOException {
    String line = server.raw(head.getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(line.isEmpty() || line.matches("HTTP/1\\.1 (4\\d\\d|501|505).*"), line);
  }

  @Test
  void hugePromptsAreRefused() throws InterruptedException {
    String mega = "word ".repeat(150_000);
    TestServer.Reply tooLong = server.post("/v1/completions", "{\"prompt\": \"" + mega + "\"}");
    assertEquals(400, tooLong.status(), tooLong.body());
    TestServer.Reply tooLarge =
        server.post("/v1/completions", "{\"prompt\": \"" + mega + mega + "\"}");
    assertEquals(413, tooLarge.status());
    assertUnharmed();
  }

  @ParameterizedTest(name = "{0} bytes")
  @CsvSource({"10, 400", "1500000, 413"})
  void aRefusalAfterTheWholeBodyKeepsTheConnection(int bytes, int status) {
    for (int i = 0; i < 5; i++) {
      TestServer.Reply reply = server.post("/tokenize", "x".repeat(bytes));
      assertEquals(status, reply.status(), reply.body());
      assertTrue(reply.response().headers().firstValue("connection").isEmpty());
    }
  }

  @Test
  void aBodyFarTooLargeIsRefusedUnread() throws IOException {
    String head =
        String.join(
            "\r\n",
            "POST /tokenize HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            "Content-Length: 9000000",
            "",
            "");
    String line = server.raw(head.getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(line.startsWith("HTTP/1.1 413"), line);
  }

  @Test
  void aRefusalBeforeTheBodyIsReadClosesTheConnection() {
    TestServer.Reply reply = server.post(CHAT, QUESTION, "content-type", "text/plain");
    assertEquals(415, reply.status(), reply.body());
    assertEquals("close", reply.response().headers().firstValue("connection").orElse(""));
    assertEquals(200, server.get("/health").status());
  }

  @Test
  void aFullCacheRefusesSomeAndHarmsNone() throws Exception {
    ModelOptions.Builder small = ModelOptions.builder().cacheTokens(512);
    try (TestServer narrow = TestServer.start(small, options -> options);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String body =
          "{\"messages\": [{\"role\": \"user\", \"content\": \"Tell me a story.\"}],"
              + " \"temperature\": 0, \"ignore_eos\": true, \"max_tokens\": 200}";
      String alone = narrow.post(CHAT, body).json().at("/choices/0/message/content").stringValue();
      List<Future<TestServer.Reply>> replies = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        replies.add(threads.submit(() -> narrow.post(CHAT, body)));
      }
      int answered = 0;
      for (Future<TestServer.Reply> future : replies) {
        TestServer.Reply reply = future.get();
        if (reply.status() == 200) {
          answered++;
          assertEquals(alone, reply.json().at("/choices/0/message/content").stringValue());
        } else {
          assertEquals(503, reply.status(), reply.body());
          assertEquals("kv_cache_full", reply.json().at("/error/code").stringValue());
          assertTrue(reply.response().headers().firstValue("retry-after").isPresent());
        }
      }
      assertTrue(answered > 0, "none was answered");
      assertTrue(narrow.becomesIdle());
      assertEquals(
          alone, narrow.post(CHAT, body).json().at("/choices/0/message/content").stringValue());
    }
  }

  @Test
  void stoppingUnderLoadEndsEveryStreamInWords() throws Exception {
    TestServer stopping = TestServer.start(options -> options.withShutdown(Duration.ofMillis(300)));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<TestServer.Reply>> replies = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        replies.add(threads.submit(() -> stopping.post(CHAT, endless(true))));
      }
      while (stopping.model().load().running() < 8) {
        Thread.sleep(10);
      }
      stopping.server().close();
      for (Future<TestServer.Reply> future : replies) {
        TestServer.Reply reply = future.get();
        String last = reply.events().isEmpty() ? reply.body() : reply.events().getLast();
        assertTrue(last.equals("[DONE]") || last.contains("the server stops"), last);
      }
      assertEquals(0, stopping.model().load().running());
      assertThrows(Exception.class, () -> stopping.post(CHAT, QUESTION));
    } finally {
      stopping.close();
    }
  }
}
