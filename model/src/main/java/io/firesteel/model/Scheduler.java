package io.firesteel.model;

import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.DeviceDecoder;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.kv.PageCopy;
import io.firesteel.model.ops.Rows;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs an engine on a thread of its own, or where it may be run on any thread, also on that of a
 * caller who would wait otherwise, and batches what several sequences ask of it (continuous
 * batching): each step takes rows of all sequences that wait, whatever they are at. Sequences draw
 * their tokens on their own threads, so the scheduler waits a moment after each step for those that
 * took part in it; otherwise they would fall apart into groups that take turns.
 */
final class Scheduler implements AutoCloseable {
  // No longer than this, and than a quarter of a step, is a step held back for a sequence.
  private static final long LONGEST_WAIT_NANOS = 2_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Work> waiting = new ArrayList<>();
  private final Thread thread;
  private final Engine engine;
  private float[] rowsOfLogits = new float[0];
  private final Set<Work.Participant> awaited = new HashSet<>();
  private int active;
  private boolean busy; // the engine runs a step or a task, on whatever thread
  private long waitUntil;
  private boolean taskRanLast;
  private boolean closed;
  private boolean stopped;
  private Throwable failure;
  private long steps;
  private long rows;

  /** What opens an engine. */
  @FunctionalInterface
  interface Opener {
    Engine open() throws IOException;
  }

  /** Opens an engine on its thread. */
  static Scheduler start(String name, Opener opener) throws IOException {
    return new Scheduler(name, opener);
  }

  private Scheduler(String name, Opener opener) throws IOException {
    CompletableFuture<Engine> opened = new CompletableFuture<>();
    thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> live(opener, opened));
    thread.start();
    try {
      engine = opened.join();
    } catch (CompletionException e) {
      throw rethrown(e.getCause());
    }
  }

  private static IOException rethrown(Throwable cause) {
    return switch (cause) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> new EngineException("the engine could not be opened: " + cause, cause);
    };
  }

  /** The engine; to be called on other threads only for what does not change. */
  Engine engine() {
    return engine;
  }

  /** Steps that were run. */
  long steps() {
    lock.lock();
    try {
      return steps;
    } finally {
      lock.unlock();
    }
  }

  /** Rows of all steps that were run. */
  long rows() {
    lock.lock();
    try {
      return rows;
    } finally {
      lock.unlock();
    }
  }

  /** Whether no other sequence is at work or is about to be. */
  boolean alone(Work.Participant participant) {
    lock.lock();
    try {
      int expected = awaited.size() - (awaited.contains(participant) ? 1 : 0);
      return waiting.size() + active + expected == 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until work is done, or was cancelled.
   *
   * @throws EngineException if the engine fails or has failed before
   * @throws IllegalStateException if the model is closed
   */
  void run(Work work) throws EngineException {
    boolean drive;
    lock.lock();
    try {
      String refusal = refusal();
      if (refusal != null) {
        work.copy.ifPresent(PageCopy::close);
        throw refused(refusal);
      }
      rest(work.participant);
      waiting.add(work);
      drive = mayDrive();
      busy |= drive;
      if (!drive) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (drive) {
      drive(work);
    }
    Throwable problem = work.await();
    if (problem instanceof Closed) {
      throw new IllegalStateException("the model was closed");
    }
    if (work.fault() != null) {
      throw new EngineException("a step of this sequence failed: " + work.fault(), work.fault());
    }
    if (problem != null) {
      throw new EngineException("the engine failed: " + problem, problem);
    }
  }

  /** Whether the calling thread may run the next step itself; the lock is held. */
  private boolean mayDrive() {
    return engine.runsOnAnyThread()
        && !Thread.currentThread().isVirtual()
        && !busy
        && tasks.isEmpty()
        && stepIsDue();
  }

  /**
   * Runs steps on the calling thread until its work is done. Handing a step over to another thread
   * and back takes longer than a step of a small model.
   */
  private void drive(Work mine) {
    try {
      List<Work> step = nextDriven(mine);
      while (!step.isEmpty()) {
        runStep(engine, step);
        step = nextDriven(mine);
      }
    } finally {
      free();
    }
  }

  /** Leaves the engine to whoever waits for it. */
  private void free() {
    lock.lock();
    try {
      busy = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The next step on the way to the end of some work; none if that, or something else, is due. */
  private List<Work> nextDriven(Work mine) {
    lock.lock();
    try {
      if (closed || !waiting.contains(mine) || !tasks.isEmpty() || !stepIsDue()) {
        return List.of();
      }
      if (Thread.currentThread().isInterrupted()) {
        mine.cancel();
      }
      List<Work> step = takeStep(engine.maxRows());
      active = step.size();
      return step;
    } finally {
      lock.unlock();
    }
  }

  /** Tells that no work is to be expected from a sequence for now. */
  void rest(Work.Participant participant) {
    lock.lock();
    try {
      if (awaited.remove(participant)) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Runs something between two steps on the engine's thread. */
  <T> T call(Callable<T> task) throws IOException {
    CompletableFuture<T> result = new CompletableFuture<>();
    lock.lock();
    try {
      String refusal = refusal();
      if (refusal != null) {
        throw refused(refusal);
      }
      tasks.add(() -> complete(result, task));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      return uninterrupted(result);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    }
  }

  private static <T> T uninterrupted(CompletableFuture<T> result) throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static <T> void complete(CompletableFuture<T> result, Callable<T> task) {
    try {
      result.complete(task.call());
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  private String refusal() {
    if (closed || stopped) {
      return "";
    }
    return failure == null
        ? null
        : "the engine failed before (" + failure + "): load the model again";
  }

  private static EngineException refused(String refusal) {
    if (refusal.isEmpty()) {
      throw new IllegalStateException("the model is closed");
    }
    return new EngineException(refusal);
  }

  /** Marks what was still waiting when the model was closed. */
  private static final class Closed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Closed() {
      super("the model was closed", null, false, false);
    }
  }

  private void live(Opener opener, CompletableFuture<Engine> opened) {
    Engine mine;
    try {
      mine = opener.open();
    } catch (Throwable e) {
      opened.completeExceptionally(e);
      return;
    }
    opened.complete(mine);
    try (mine) {
      while (next(mine)) {
        // all is done by the condition
      }
    } finally {
      abandon();
    }
  }

  private void abandon() {
    List<Work> left;
    lock.lock();
    try {
      stopped = true;
      left = new ArrayList<>(waiting);
      waiting.clear();
      tasks.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(work -> work.finish(new Closed()));
  }

  /** Does what is to be done next; false at the end. */
  private boolean next(Engine mine) {
    List<Work> step;
    Runnable task;
    lock.lock();
    try {
      awaitWork();
      if (closed && tasks.isEmpty()) {
        return false;
      }
      task = taskRanLast && stepIsDue() ? null : tasks.poll(); // neither kind holds up the other
      taskRanLast = task != null;
      step = task == null ? takeStep(mine.maxRows()) : List.of();
      active = step.size();
      busy = true;
    } finally {
      lock.unlock();
    }
    try {
      if (task != null) {
        task.run();
      } else {
        runStep(mine, step);
      }
    } finally {
      free();
    }
    return true;
  }

  private boolean stepIsDue() {
    return !waiting.isEmpty() && (awaited.isEmpty() || System.nanoTime() - waitUntil >= 0);
  }

  private void awaitWork() {
    while (busy || !closed && tasks.isEmpty() && !stepIsDue()) {
      try {
        if (busy || waiting.isEmpty()) {
          changed.await();
        } else {
          changed.awaitNanos(Math.max(1, waitUntil - System.nanoTime()));
        }
      } catch (InterruptedException e) {
        // Nobody has a reason to interrupt this thread; closing is a flag.
      }
    }
  }

  /** The sequences of the next step, those that waited longest first. */
  private List<Work> takeStep(int maxRows) {
    awaited.clear();
    List<Work> step = new ArrayList<>();
    if (waiting.getFirst().run != null) {
      step.add(waiting.removeFirst());
      return step;
    }
    for (int i = 0; i < waiting.size() && step.size() < maxRows; ) {
      if (waiting.get(i).run == null) {
        step.add(waiting.remove(i));
      } else {
        i++;
      }
    }
    return step;
  }

  private void runStep(Engine mine, List<Work> step) {
    long start = System.nanoTime();
    Throwable problem = null;
    try {
      step.stream().filter(work -> work.fed() == 0).forEach(work -> copyPage(mine, work));
      List<Work> live = step.stream().filter(work -> !work.cancelled()).toList();
      if (!live.isEmpty() && live.getFirst().run != null) {
        runOnDevice(mine, live.getFirst());
      } else if (!live.isEmpty()) {
        forwardTogetherOrApart(mine, live);
      }
    } catch (Throwable e) {
      problem = e;
    }
    finishStep(step, problem, start);
  }

  private static void copyPage(Engine mine, Work work) {
    work.copy.ifPresent(
        copy -> {
          mine.kv().copy(copy.from(), copy.to());
          copy.close();
        });
  }

  private static void runOnDevice(Engine mine, Work work) throws EngineException {
    DeviceDecoder decoder = mine.deviceDecoder().orElseThrow();
    try {
      work.drawn(
          work.allowed == null
              ? decoder.decode(work.run)
              : new int[] {decoder.decode(work.run, work.allowed)});
      work.advance(1);
    } catch (RuntimeException e) {
      // such as a mask that leaves nothing to draw: not the device's fault
      work.fault(e);
    }
  }

  /**
   * A step that fails for another reason than the device's is run again for each sequence alone.
   */
  private void forwardTogetherOrApart(Engine mine, List<Work> step) throws EngineException {
    if (step.size() == 1) {
      forwardAlone(mine, step.getFirst());
      return;
    }
    try {
      forward(mine, step);
    } catch (RuntimeException _) {
      for (Work work : step) {
        forwardAlone(mine, work);
      }
    }
  }

  private void forwardAlone(Engine mine, Work work) throws EngineException {
    try {
      forward(mine, List.of(work));
    } catch (RuntimeException e) {
      work.fault(e);
    }
  }

  private void forward(Engine mine, List<Work> step) throws EngineException {
    int[] shares =
        StepPlan.rows(
            step.stream().mapToInt(Work::remaining).toArray(),
            step.stream().map(work -> work.participant.priority()).toArray(Priority[]::new),
            mine.maxRows());
    BatchBuilder batch = new BatchBuilder(step, shares);
    List<Work> complete = batch.withLogits();
    int vocabulary = mine.vocabulary();
    boolean direct = complete.size() == 1 && complete.getFirst().logits.length == vocabulary;
    float[] logits = direct ? complete.getFirst().logits : room(complete.size() * vocabulary);
    mine.forward(batch.build(), logits);
    for (int i = 0; i < complete.size() && !direct; i++) {
      System.arraycopy(logits, i * vocabulary, complete.get(i).logits, 0, vocabulary);
    }
    for (int i = 0; i < shares.length; i++) {
      step.get(i).advance(shares[i]);
    }
  }

  // The engine wants exactly the room it fills; a few sizes recur.
  private float[] room(int floats) {
    if (rowsOfLogits.length != floats) {
      rowsOfLogits = new float[floats];
    }
    return rowsOfLogits;
  }

  private void finishStep(List<Work> step, Throwable problem, long start) {
    List<Work> finished = new ArrayList<>();
    lock.lock();
    try {
      active = 0;
      long now = System.nanoTime();
      waitUntil = now + Math.min(LONGEST_WAIT_NANOS, (now - start) / 4);
      steps++;
      for (Work work : step) {
        rows += work.run == null ? 0 : 1;
        boolean over = work.cancelled() || work.fault() != null || work.remaining() == 0;
        if (problem != null || over) {
          finished.add(work);
          awaited.add(work.participant);
        } else {
          waiting.add(work);
        }
      }
      if (problem != null) {
        failure = problem;
        finished.addAll(waiting);
        waiting.clear();
      }
    } finally {
      lock.unlock();
    }
    finished.forEach(work -> work.finish(problem == null ? work.fault() : problem));
  }

  /** Waits for a step under way, then closes the engine. What still waits is refused. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Puts the rows of several sequences into one batch. */
  private static final class BatchBuilder {
    private final int[] tokens;
    private final int[] sequences;
    private final int[] positions;
    private final int[][] pageTables;
    private final List<Integer> logitRows = new ArrayList<>();
    private final List<Work> withLogits = new ArrayList<>();

    BatchBuilder(List<Work> step, int[] shares) {
      int count = Arrays.stream(shares).sum();
      tokens = new int[count];
      sequences = new int[count];
      positions = new int[count];
      pageTables = new int[step.size()][];
      int row = 0;
      for (int i = 0; i < shares.length; i++) {
        Work work = step.get(i);
        pageTables[i] = work.pageTable;
        for (int j = 0; j < shares[i]; j++, row++) {
          tokens[row] = work.tokens[work.fed() + j];
          sequences[row] = i;
          positions[row] = work.firstPosition + work.fed() + j;
        }
        if (work.logits != null && shares[i] == work.remaining()) {
          logitRows.add(row - 1);
          withLogits.add(work);
        }
      }
    }

    List<Work> withLogits() {
      return withLogits;
    }

    Batch build() {
      return new Batch(
          tokens,
          new Rows(sequences, positions, pageTables),
          logitRows.stream().mapToInt(Integer::intValue).toArray());
    }
  }
}
