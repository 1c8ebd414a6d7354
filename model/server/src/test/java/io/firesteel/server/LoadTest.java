package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.ModelOptions;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Many clients at once, each answer compared with the one given to a client alone. Longer, and with
 * its figures, with {@code -Dload.seconds=60 -Dload.clients=64}; against another server of the same
 * protocol with {@code -Dload.url=http://127.0.0.1:9000 -Dload.model=NAME}.
 */
class LoadTest {
  private static final int SECONDS = Integer.getInteger("load.seconds", 3);
  private static final int CLIENTS = Integer.getInteger("load.clients", 64);
  private static final String URL = System.getProperty("load.url");
  private static final List<String> QUESTIONS =
      List.of(
          "What is 345 + 87?",
          "What is 12 + 30?",
          "What is 99 - 45?",
          "What is 7 * 8?",
          "Set an alarm for 7:30.",
          "Tell me a story.",
          "hello",
          "What is the capital of France?",
          "Who are you?",
          "Write a poem about the sea.");

  @Test
  void everyClientGetsTheAnswerThatItWouldGetAlone() throws Exception {
    if (URL != null) {
      run(URI.create(URL), System.getProperty("load.model", ""), () -> 0L);
      return;
    }
    try (TestServer server =
        TestServer.start(ModelOptions.builder().cacheTokens(64 * 256).threads(2), o -> o)) {
      run(server.uri(""), server.id(), () -> server.model().load().running());
      assertTrue(server.becomesIdle());
      assertEquals(0, server.model().load().running());
    }
  }

  /** Reads a number. */
  @FunctionalInterface
  private interface Reading {
    long now();
  }

  private static void run(URI uri, String model, Reading running) throws Exception {
    Map<String, String> expected = new HashMap<>();
    LoadClient alone = new LoadClient(uri, model);
    for (String question : QUESTIONS) {
      expected.put(question, alone.ask(question).text());
    }
    LoadFigures single = load(uri, model, 1, Math.max(1, SECONDS / 6), expected);
    Memory before = Memory.now();
    LoadFigures many = load(uri, model, CLIENTS, SECONDS, expected);
    Memory after = Memory.now();
    System.out.printf("1 client:   %s%n%d clients: %s%n", single, CLIENTS, many);
    System.out.printf(
        "aggregate rate against one client: %.2f; heap %,d -> %,d KiB, buffers %,d -> %,d KiB%n",
        many.rate() / single.rate(),
        before.heap() >> 10,
        after.heap() >> 10,
        before.buffers() >> 10,
        after.buffers() >> 10);
    assertTrue(many.answers() >= CLIENTS, "every client got an answer: " + many.answers());
    assertEquals(0, running.now());
    // What is kept besides the answers under way is the prefix cache, whose size is fixed.
    assertTrue(after.heap() < before.heap() + (64L << 20), "heap grew: " + before + " to " + after);
    assertTrue(after.buffers() < before.buffers() + (32L << 20), "buffers grew: " + after);
  }

  private static LoadFigures load(
      URI uri, String model, int clients, int seconds, Map<String, String> expected)
      throws Exception {
    LoadFigures figures = new LoadFigures();
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    List<Future<?>> futures = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < clients; i++) {
        int first = i;
        futures.add(
            threads.submit(
                () -> {
                  LoadClient client = new LoadClient(uri, model);
                  int question = first;
                  do {
                    String text = QUESTIONS.get(question++ % QUESTIONS.size());
                    LoadClient.Timed answer = client.ask(text);
                    assertEquals(expected.get(text), answer.text(), text);
                    figures.add(answer);
                  } while (System.nanoTime() < end);
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    }
    figures.end();
    return figures;
  }

  /** Memory in use after a collection. */
  private record Memory(long heap, long buffers) {
    static Memory now() throws InterruptedException {
      for (int i = 0; i < 3; i++) {
        System.gc();
        Thread.sleep(50);
      }
      long buffers =
          ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .mapToLong(BufferPoolMXBean::getMemoryUsed)
              .sum();
      return new Memory(
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), buffers);
    }
  }
}
