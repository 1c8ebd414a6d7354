package io.firesteel.model.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A team of threads that runs one op at a time: the op's tasks are handed out one by one to the
 * caller and to whichever workers are awake. Ops follow each other within microseconds, so an idle
 * worker spins for a while before it sleeps, and the caller never waits for a worker that has not
 * taken a task.
 */
final class WorkerPool implements AutoCloseable {
  /** One task of an op. Tasks of an op run in any order and at the same time. */
  @FunctionalInterface
  interface Task {
    /**
     * Runs.
     *
     * @param index which task, from 0
     * @param worker which thread of the team runs it, 0 to {@link WorkerPool#threads} - 1; each
     *     runs one task at a time
     */
    void run(int index, int worker);
  }

  private record Job(long number, Task task, int count) {}

  private static final long SPIN_NANOS = 50_000;

  /** Upper half: number of the job; lower half: next task of it. */
  private final AtomicLong ticket = new AtomicLong();

  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Worker[] workers;
  private volatile Job job = new Job(0, (index, worker) -> {}, 0);
  private volatile boolean closed;

  /** Starts {@code threads - 1} daemon threads; the caller of {@link #run} is the remaining one. */
  WorkerPool(int threads) {
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  /** Size of the team, including the caller. */
  int threads() {
    return workers.length + 1;
  }

  /**
   * Runs tasks 0 to {@code count - 1} and returns when all are done. An exception of a task is
   * thrown here.
   */
  void run(int count, Task task) {
    if (closed) {
      throw new IllegalStateException("the worker pool is closed");
    }
    if (count <= 1 || workers.length == 0) {
      for (int i = 0; i < count; i++) {
        task.run(i, 0);
      }
      return;
    }
    finished.setPlain(0);
    long number = (ticket.getPlain() >>> 32) + 1;
    job = new Job(number, task, count);
    ticket.set(number << 32);
    for (int i = 0; i < Math.min(workers.length, count - 1); i++) {
      workers[i].wake();
    }
    takeTasks(0);
    while (finished.getAcquire() < count) {
      Thread.onSpinWait();
    }
    rethrow(failure.getAndSet(null));
  }

  /** Takes tasks of the current job until none is left. */
  private void takeTasks(int worker) {
    while (true) {
      long now = ticket.get();
      Job current = job;
      if (current.number() != now >>> 32 || (int) now >= current.count()) {
        return;
      }
      // Fails if another job has been posted meanwhile; then nothing has been taken.
      if (ticket.compareAndSet(now, now + 1)) {
        try {
          current.task().run((int) now, worker);
        } catch (Throwable t) {
          failure.compareAndSet(null, t);
        }
        finished.getAndAdd(1);
      }
    }
  }

  private static void rethrow(Throwable t) {
    switch (t) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(t);
    }
  }

  /** Ends the threads. Must not be called while {@link #run} is under way. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  private final class Worker extends Thread {
    private final int number;
    private volatile boolean asleep;

    Worker(int number) {
      super("firesteel-cpu-" + number);
      this.number = number;
      setDaemon(true);
    }

    void wake() {
      if (asleep) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      long seen = 0;
      while (!closed) {
        seen = awaitChange(seen);
        takeTasks(number);
      }
    }

    /** Waits until another job than {@code seen} is posted and returns its number. */
    private long awaitChange(long seen) {
      long deadline = System.nanoTime() + SPIN_NANOS;
      while (!closed) {
        for (int i = 0; i < 64; i++) {
          long now = ticket.get() >>> 32;
          if (now != seen) {
            return now;
          }
          Thread.onSpinWait();
        }
        if (System.nanoTime() > deadline) {
          sleepUnlessChanged(seen);
          deadline = System.nanoTime() + SPIN_NANOS;
        }
      }
      return seen;
    }

    private void sleepUnlessChanged(long seen) {
      asleep = true;
      if (ticket.get() >>> 32 == seen && !closed) {
        LockSupport.park(WorkerPool.this);
      }
      asleep = false;
    }
  }
}
