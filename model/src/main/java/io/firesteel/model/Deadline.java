package io.firesteel.model;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A moment after which an answer is of no use any more, or none. */
final class Deadline {
  static final Deadline NONE = new Deadline(Long.MAX_VALUE, false);

  private final long nanoTime;
  private final boolean exists;

  private Deadline(long nanoTime, boolean exists) {
    this.nanoTime = nanoTime;
    this.exists = exists;
  }

  /** The moment a time from now. */
  static Deadline in(Optional<Duration> time) {
    return time.map(t -> new Deadline(System.nanoTime() + Math.max(0, t.toNanos()), true))
        .orElse(NONE);
  }

  boolean passed() {
    return exists && System.nanoTime() - nanoTime >= 0;
  }

  /** Nanoseconds that are left, at most some. */
  long nanosLeft(long most) {
    return exists ? Math.clamp(nanoTime - System.nanoTime(), 0, most) : most;
  }

  /** Runs something when the moment comes, unless the result is cancelled before. */
  CompletableFuture<?> whenPassed(Runnable action) {
    CompletableFuture<Void> moment = new CompletableFuture<>();
    if (exists) {
      var _ = moment.thenRun(action);
      return moment.completeOnTimeout(null, nanosLeft(Long.MAX_VALUE), TimeUnit.NANOSECONDS);
    }
    return moment;
  }
}
