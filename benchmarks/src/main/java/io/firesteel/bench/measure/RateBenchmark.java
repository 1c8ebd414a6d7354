package io.firesteel.bench.measure;

import io.firesteel.model.Checkpoint;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.Session;
import io.firesteel.model.sampling.SamplingParameters;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Measures how fast a model decodes at a depth and how fast it takes a prompt, through the same
 * sessions that programs use: sampling, detokenising and the way to the host are in the times.
 * Tokens of prompts are random, so that no two pages of the cache are alike; answers go on after
 * end tokens.
 *
 * <p>Sessions that stand at a depth are kept, so that measurements of several rounds begin with the
 * same cache.
 */
public final class RateBenchmark implements AutoCloseable {
  private static final long SEED = 20_261_124;
  private static final int FIRST_PROMPT = 128;

  /** Time of compilation, as a share of a run's time, from which on a run was held up by it. */
  private static final double COMPILING = 0.1;

  /** Prompts' seeds begin behind those of sessions. */
  private static final long PROMPT_SEEDS = 1_000_000;

  private final Model model;
  private final DeviceWatch watch;
  private final Repeats repeats;
  private final CacheFill fill;
  private final Map<Integer, Session> standing = new TreeMap<>();
  private long prompts;

  /**
   * How often a measurement is taken.
   *
   * @param warmup runs before it that do not count, at least 0
   * @param warmTime how long such runs go on at least, and up to {@link #MOST_WARM_TIMES} times as
   *     long while Java compiles: it does so with what runs often, on the same cores
   * @param counted runs that do count, at least 1
   */
  public record Repeats(int warmup, Duration warmTime, int counted) {
    /** Longest warm-up as a multiple of the shortest. */
    public static final int MOST_WARM_TIMES = 3;
  }

  private record Run(double rate, double firstToken) {}

  /** A benchmark of a model that stays open as long as this is used. */
  public RateBenchmark(Model model, DeviceWatch watch, Repeats repeats, CacheFill fill) {
    this.model = model;
    this.watch = watch;
    this.repeats = repeats;
    this.fill = fill;
  }

  /** Rate at which {@code tokens} tokens are decoded while the cache holds {@code context} ones. */
  public Measured decode(int context, int tokens, SamplingParameters sampling) {
    GenerationOptions options = options(tokens, sampling);
    Session session = standingAt(context);
    Checkpoint start = session.checkpoint();
    Measured measured =
        measured(
            tokens,
            () -> {
              Run run = timed(tokens, () -> generate(session, options));
              session.rewind(start);
              return run;
            });
    return measured;
  }

  /**
   * Rate at which {@code batch} sessions of their own decode together, all sessions' tokens
   * counted.
   */
  public Measured batch(int batch, int context, int tokens) {
    GenerationOptions options = options(tokens, SamplingParameters.GREEDY);
    List<Session> sessions = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(batch)) {
      for (int i = 0; i < batch; i++) {
        sessions.add(opened(context, SEED + i));
      }
      List<Checkpoint> starts = sessions.stream().map(Session::checkpoint).toList();
      return measured(
          batch * tokens,
          () -> {
            Run run =
                timed(batch * tokens, () -> together(threads, sessions, s -> generate(s, options)));
            for (int i = 0; i < batch; i++) {
              sessions.get(i).rewind(starts.get(i));
            }
            return run;
          });
    } finally {
      sessions.forEach(Session::close);
    }
  }

  /**
   * Rate at which a prompt of {@code tokens} tokens is taken, up to the first token of an answer.
   * Each run has a prompt of its own: of one that began alike, pages would be taken from the cache.
   */
  public Measured prefill(int tokens) {
    GenerationOptions options = options(1, SamplingParameters.GREEDY);
    return measured(
        tokens,
        () -> {
          int[] prompt = randomTokens(tokens, SEED + PROMPT_SEEDS + prompts++);
          try (Session session = model.session()) {
            return timed(
                tokens,
                () -> {
                  session.prompt(prompt);
                  return generate(session, options);
                });
          }
        });
  }

  /** Nanoseconds at which the first token was there. */
  private static long generate(Session session, GenerationOptions options) {
    long[] first = {0};
    session
        .generate(options)
        .complete(_ -> first[0] = first[0] == 0 ? System.nanoTime() : first[0]);
    return first[0];
  }

  private static Run timed(int tokens, Supplier<Long> work) {
    long start = System.nanoTime();
    long first = work.get();
    long end = System.nanoTime();
    return new Run(tokens / ((end - start) * 1e-9), (first - start) * 1e-9);
  }

  @FunctionalInterface
  private interface Part {
    long run(Session session);
  }

  /** Runs a part on every session at once; the moment of the last first token. */
  private static long together(ExecutorService threads, List<Session> sessions, Part part) {
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Long>> running = new ArrayList<>();
    for (Session session : sessions) {
      running.add(
          threads.submit(
              () -> {
                go.await();
                return part.run(session);
              }));
    }
    go.countDown();
    return running.stream().mapToLong(RateBenchmark::result).max().orElseThrow();
  }

  private static long result(Future<Long> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the benchmark was interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  /** Takes one measurement. */
  @FunctionalInterface
  private interface Taking {
    Run take();
  }

  private Measured measured(int tokens, Taking run) {
    warmUp(run);
    Run[] runs = new Run[repeats.counted()];
    DeviceUse use = watch.during(() -> Arrays.setAll(runs, _ -> run.take()));
    return new Measured(
        new Samples(Arrays.stream(runs).mapToDouble(Run::rate).toArray()),
        (long) tokens * runs.length,
        new Samples(Arrays.stream(runs).mapToDouble(Run::firstToken).toArray()),
        use);
  }

  /** Takes measurements that do not count, the longer the more Java compiles meanwhile. */
  private void warmUp(Taking run) {
    long least = repeats.warmTime().toNanos();
    long start = System.nanoTime();
    long elapsed = 0;
    boolean compiles = true;
    for (int i = 0;
        i < repeats.warmup()
            || elapsed < least
            || compiles && elapsed < Repeats.MOST_WARM_TIMES * least;
        i++) {
      long compiled = compilationMillis();
      run.take();
      long end = System.nanoTime();
      long took = end - start - elapsed;
      compiles = (compilationMillis() - compiled) * 1e6 > took * COMPILING;
      elapsed = end - start;
    }
  }

  private static long compilationMillis() {
    CompilationMXBean bean = ManagementFactory.getCompilationMXBean();
    return bean != null && bean.isCompilationTimeMonitoringSupported()
        ? bean.getTotalCompilationTime()
        : 0;
  }

  private static GenerationOptions options(int tokens, SamplingParameters sampling) {
    return GenerationOptions.GREEDY.toBuilder()
        .sampling(sampling)
        .maxTokens(tokens)
        .ignoreEnd(true)
        .build();
  }

  /** A session whose cache holds {@code context} positions; grown from the longest shorter one. */
  private Session standingAt(int context) {
    Session session = standing.get(context);
    if (session == null) {
      Session shorter = null;
      for (Map.Entry<Integer, Session> entry : standing.entrySet()) {
        shorter = entry.getKey() < context ? entry.getValue() : shorter;
      }
      session = shorter == null ? model.session() : shorter.fork();
      standing.put(context, session);
      grow(session, randomTokens(context + 1, SEED));
    }
    return session;
  }

  private Session opened(int context, long seed) {
    Session session = model.session();
    grow(session, randomTokens(context + 1, seed));
    return session;
  }

  /** The last token of a session is not in the cache yet. */
  private void grow(Session session, int[] tokens) {
    int have = session.length();
    int computed =
        fill == CacheFill.PREFILL ? tokens.length : Math.clamp(FIRST_PROMPT, have, tokens.length);
    session.prompt(Arrays.copyOfRange(tokens, have, computed));
    if (computed < tokens.length) {
      session.fill(Arrays.copyOfRange(tokens, computed, tokens.length));
    }
  }

  private int[] randomTokens(int count, long seed) {
    return new SplittableRandom(seed).ints(count, 0, model.tokenizer().vocabularySize()).toArray();
  }

  @Override
  public void close() {
    standing.values().forEach(Session::close);
  }
}
