package io.firesteel.loader.file;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** A task that turns advances into reports at a bounded rate. */
final class ReportingTask implements Progress.Task {
  private final String label;
  private final Progress.Unit unit;
  private final long total;
  private final Consumer<Progress.Report> listener;
  private final long intervalNanos;
  private final long startNanos = System.nanoTime();
  private final AtomicLong done = new AtomicLong();
  private final ReentrantLock reporting = new ReentrantLock();
  private volatile long lastNanos = startNanos;
  private boolean ended;

  ReportingTask(
      String label,
      Progress.Unit unit,
      long total,
      Consumer<Progress.Report> listener,
      Duration interval) {
    this.label = label;
    this.unit = unit;
    this.total = total;
    this.listener = listener;
    this.intervalNanos = interval.toNanos();
    listener.accept(report(startNanos));
  }

  @Override
  public void advance(long units) {
    if (units < 0) {
      throw new IllegalArgumentException("progress of " + units + " units");
    }
    done.addAndGet(units);
    long now = System.nanoTime();
    // Whoever finds a report under way leaves it to the next advance: work never waits for a
    // screen.
    if (now - lastNanos >= intervalNanos && reporting.tryLock()) {
      try {
        if (!ended && now - lastNanos >= intervalNanos) {
          lastNanos = now;
          listener.accept(report(now));
        }
      } finally {
        reporting.unlock();
      }
    }
  }

  @Override
  public void close() {
    reporting.lock();
    try {
      if (!ended) {
        ended = true;
        listener.accept(report(System.nanoTime()));
      }
    } finally {
      reporting.unlock();
    }
  }

  private Progress.Report report(long now) {
    return new Progress.Report(
        label, unit, total, done.get(), Duration.ofNanos(now - startNanos), ended);
  }
}
