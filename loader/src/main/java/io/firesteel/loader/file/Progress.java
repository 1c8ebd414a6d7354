package io.firesteel.loader.file;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Where long work says how far it has come. Work begins a {@link Task} for each stretch that has a
 * name and a size, advances it from any thread and closes it at the end, finished or not.
 *
 * <pre>{@code
 * try (Progress.Task task = progress.begin("unpack model.gguf.xz", Unit.BYTES, size)) {
 *   while (copySome()) task.advance(copied);
 * }
 * }</pre>
 */
@FunctionalInterface
public interface Progress {
  /** Stands for a total that is not known beforehand. */
  long UNKNOWN = -1;

  /** Listens to nothing. */
  Progress NONE =
      (label, unit, total) ->
          new Task() {
            @Override
            public void advance(long units) {}

            @Override
            public void close() {}
          };

  /** What the figures of a task count. */
  enum Unit {
    /** Bytes read or written. */
    BYTES,
    /** Tokens of a model. */
    TOKENS,
    /** Anything else that is counted. */
    ITEMS
  }

  /** One stretch of work; safe for use by several threads. */
  interface Task extends AutoCloseable {
    /**
     * Counts {@code units} more as done.
     *
     * @param units how many were done since the last call, at least 0
     */
    void advance(long units);

    /** Ends the task, whether or not it reached its total. */
    @Override
    void close();
  }

  /**
   * How far a task has come.
   *
   * @param label what is being done, for a person to read
   * @param unit what {@code total} and {@code done} count
   * @param total units altogether, or {@link #UNKNOWN}
   * @param done units so far
   * @param elapsed time since the task began
   * @param ended whether this is the task's last report
   */
  record Report(String label, Unit unit, long total, long done, Duration elapsed, boolean ended) {
    /** Units a second since the task began; 0 before any time has passed. */
    public double rate() {
      return elapsed.isZero() ? 0 : done / (elapsed.toNanos() * 1e-9);
    }

    /** Share done, 0 to 1, or NaN where the total is not known. */
    public double fraction() {
      return total < 0 ? Double.NaN : total == 0 ? 1 : Math.min(1, (double) done / total);
    }
  }

  /**
   * Begins a task.
   *
   * @param label what is being done, for a person to read, such as {@code "unpack model.gguf.xz"}
   * @param unit what {@code total} counts
   * @param total units altogether, or {@link #UNKNOWN}
   */
  Task begin(String label, Unit unit, long total);

  /**
   * Progress that calls a listener when a task begins, then at most once an interval, and when it
   * ends. Calls for one task never overlap; they come on whichever thread advanced it.
   */
  static Progress reportingTo(Consumer<Report> listener, Duration interval) {
    return (label, unit, total) -> new ReportingTask(label, unit, total, listener, interval);
  }
}
