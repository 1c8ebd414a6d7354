package io.firesteel.ptx.engine;

import io.firesteel.loader.file.Progress;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Brings weights to a device: several threads read and pack parts into staging memory, and while
 * the copies from one run, each thread fills its other one. Parts are taken in order, so that a
 * file is read from front to end.
 */
public final class WeightUpload {
  /** Bytes of a part, at most, and of each staging memory. */
  public static final long PART_BYTES = 8L << 20;

  private static final int MAX_THREADS = 8;

  private final Supplier<Staging> stagings;
  private final int threads;

  /**
   * An upload with a number of threads that suits this machine.
   *
   * @param stagings makes staging memory of {@link #PART_BYTES}; called on the thread that uses it
   */
  public WeightUpload(Supplier<Staging> stagings) {
    this(stagings, Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MAX_THREADS));
  }

  /**
   * An upload.
   *
   * @param stagings makes staging memory of {@link #PART_BYTES}; called on the thread that uses it
   * @param threads how many read and pack, at least 1
   */
  public WeightUpload(Supplier<Staging> stagings, int threads) {
    this.stagings = stagings;
    this.threads = threads;
  }

  /**
   * Copies all parts and waits for them; the first failure ends it and is thrown.
   *
   * @param task is advanced by the bytes of each part
   */
  public void run(List<WeightPart> parts, Progress.Task task) {
    AtomicInteger next = new AtomicInteger();
    int team = Math.clamp(parts.size(), 1, threads);
    try (ExecutorService pool = Executors.newFixedThreadPool(team)) {
      List<Future<?>> futures =
          IntStream.range(0, team)
              .<Future<?>>mapToObj(_ -> pool.submit(() -> work(parts, next, task)))
              .toList();
      futures.forEach(WeightUpload::join);
    }
  }

  private void work(List<WeightPart> parts, AtomicInteger next, Progress.Task task) {
    try (Staging even = stagings.get();
        Staging odd = stagings.get()) {
      boolean useEven = true;
      for (int i = next.getAndIncrement(); i < parts.size(); i = next.getAndIncrement()) {
        parts.get(i).send(useEven ? even : odd);
        task.advance(parts.get(i).source().byteSize());
        useEven = !useEven;
      }
    } catch (RuntimeException | Error e) {
      next.set(parts.size());
      throw e;
    }
  }

  private static void join(Future<?> future) {
    try {
      future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      CancellationException cancelled =
          new CancellationException("interrupted while weights were copied to the device");
      cancelled.initCause(e);
      throw cancelled;
    }
  }
}
