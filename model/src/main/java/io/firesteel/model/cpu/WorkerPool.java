package io.firesteel.model.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A team of threads that runs one op at a time. Each thread has a share of the op's tasks, a run of
 * neighbours, as weights that lie behind each other are read faster than others; who is done with
 * its own share takes tasks of the others'. Ops follow each other within microseconds, so an idle
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

  /** An op. Numbers may wrap around: only neighbouring ones must differ. */
  private record Job(int number, Task task, int count) {}

  private static final long SPIN_NANOS = 50_000;

  /** Distance of tickets, so that no two lie in the same line of a cache. */
  private static final int PITCH = 16;

  /**
   * For each thread of the team at {@code thread * PITCH} a ticket. Upper half: number of the job;
   * lower half: next task of the thread's share of it.
   */
  private final AtomicLongArray tickets;

  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Worker[] workers;
  private volatile Job job = new Job(0, (index, worker) -> {}, 0);
  private volatile boolean closed;

  /** Starts {@code threads - 1} daemon threads; the caller of {@link #run} is the remaining one. */
  WorkerPool(int threads) {
    tickets = new AtomicLongArray(threads * PITCH);
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
    Job posted = new Job(job.number() + 1, task, count);
    job = posted;
    for (int i = 0; i < threads(); i++) {
      tickets.set(i * PITCH, (long) posted.number() << 32 | begin(posted, i));
    }
    for (int i = 0; i < Math.min(workers.length, count - 1); i++) {
      workers[i].wake();
    }
    takeTasks(0);
    while (finished.getAcquire() < count) {
      Thread.onSpinWait();
    }
    rethrow(failure.getAndSet(null));
  }

  /** The first task of a thread's share: shares are runs of tasks, as even as can be. */
  private int begin(Job of, int thread) {
    int size = of.count() / threads();
    int larger = of.count() % threads();
    return thread * size + Math.min(thread, larger);
  }

  /** Takes tasks of the current job until none is left, first those of the thread's own share. */
  private void takeTasks(int worker) {
    int done = 0;
    for (int i = 0; i < threads(); i++) {
      done += takeShare((worker + i) % threads(), worker);
    }
    if (done > 0) {
      finished.getAndAdd(done);
    }
  }

  /** Takes what is left of a share and returns how many tasks that were. */
  private int takeShare(int share, int worker) {
    int taken = 0;
    while (true) {
      long now = tickets.get(share * PITCH);
      Job current = job;
      if (current.number() != (int) (now >>> 32) || (int) now >= begin(current, share + 1)) {
        return taken;
      }
      // Fails if another job has been posted meanwhile; then nothing has been taken.
      if (tickets.compareAndSet(share * PITCH, now, now + 1)) {
        try {
          current.task().run((int) now, worker);
        } catch (Throwable t) {
          failure.compareAndSet(null, t);
        }
        taken++;
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
      int seen = 0;
      while (!closed) {
        seen = awaitChange(seen);
        takeTasks(number);
      }
    }

    /** Waits until another job than {@code seen} is posted and returns its number. */
    private int awaitChange(int seen) {
      long deadline = System.nanoTime() + SPIN_NANOS;
      while (!closed) {
        for (int i = 0; i < 64; i++) {
          int now = (int) (tickets.get(number * PITCH) >>> 32);
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

    private void sleepUnlessChanged(int seen) {
      asleep = true;
      if ((int) (tickets.get(number * PITCH) >>> 32) == seen && !closed) {
        LockSupport.park(WorkerPool.this);
      }
      asleep = false;
    }
  }
}
