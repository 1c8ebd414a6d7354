package io.firesteel.server.serving;

import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.HttpError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Work on whose end a client waits and that is of no use once the client is gone. */
public final class Attended {
  private static final Duration LOOK_AT_CLIENT = Duration.ofMillis(50);
  private static final Duration LONGEST_END = Duration.ofSeconds(30);

  private Attended() {}

  /**
   * Does work on a virtual thread of its own, which is interrupted if the result is not wanted any
   * more.
   *
   * @param work ends soon when its thread is interrupted
   * @throws io.firesteel.server.http.ClientGoneException if the client goes away
   * @throws HttpError if the server stops, or the work takes longer than a request may
   * @throws RuntimeException if the work fails: what it failed with
   */
  public static <T> T result(Exchange exchange, ServedModel served, Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread = Thread.ofVirtual().name("attended").start(() -> complete(result, work));
    try {
      return await(exchange, served, result);
    } finally {
      thread.interrupt();
      join(thread);
    }
  }

  private static <T> void complete(CompletableFuture<T> result, Supplier<T> work) {
    try {
      result.complete(work.get());
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  private static <T> T await(Exchange exchange, ServedModel served, CompletableFuture<T> result) {
    long start = System.nanoTime();
    while (true) {
      try {
        return result.get(LOOK_AT_CLIENT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException _) {
        served.cutOff().check();
        exchange.requireClient();
        if (System.nanoTime() - start > served.limits().time().toNanos()) {
          throw Endings.tooLate(served);
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException problem
            ? problem
            : new CompletionException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("the server stops", e);
      }
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(LONGEST_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
