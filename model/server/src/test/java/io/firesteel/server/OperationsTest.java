package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What operators see. */
class OperationsTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    server.post(
        "/v1/chat/completions",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"hello\"}], \"max_tokens\": 3}");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void healthTellsOfTheLoad() {
    JsonNode health = server.get("/health").json();
    assertAll(
        () -> assertEquals("ok", health.get("status").stringValue()),
        () -> assertEquals(0, health.at("/load/running").intValue()),
        () -> assertEquals(0, health.at("/load/waiting").intValue()),
        () -> assertTrue(health.at("/load/pages").intValue() > 0),
        () -> assertTrue(health.at("/load/free_pages").intValue() > 0));
  }

  @Test
  void metricsCountRequestsAndTokens() throws InterruptedException {
    String route =
        "firesteel_http_requests_seconds_count{route=\"/v1/chat/completions\",status=\"200\"} 1";
    String metrics = server.get("/metrics").body();
    for (int i = 0; i < 200 && !metrics.contains(route); i++) {
      Thread.sleep(10); // counted after the answer
      metrics = server.get("/metrics").body();
    }
    String seen = metrics;
    assertAll(
        () -> assertTrue(seen.contains(route), seen),
        () -> assertTrue(seen.contains("firesteel_answer_tokens_total 3.0"), seen),
        () -> assertTrue(seen.contains("firesteel_first_token_seconds_count 1"), seen),
        () -> assertTrue(seen.contains("firesteel_kv_pages_free"), seen),
        () -> assertTrue(seen.contains("jvm_memory_used_bytes"), seen));
  }

  @Test
  void modelsTellOfTheOneThatIsServed() {
    JsonNode list = server.get("/v1/models").json();
    assertEquals(server.id(), list.at("/data/0/id").stringValue());
    JsonNode one = server.get("/v1/models/" + server.id()).json();
    assertEquals(list.at("/data/0"), one);
  }
}
