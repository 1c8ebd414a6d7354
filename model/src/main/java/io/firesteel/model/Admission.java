package io.firesteel.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets only so many answers compute at a time, and only as many as the KV cache has room for by
 * what they asked for. Others wait, by priority and then in their order; when too many wait, a
 * newcomer is refused.
 */
final class Admission {
  private final int maxRunning;
  private final int maxWaiting;
  private final long capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Priority, Deque<Ticket>> queues = new EnumMap<>(Priority.class);
  private int running;
  private int waiting;
  private long reserved;

  /**
   * Without answers.
   *
   * @param maxRunning answers computed at a time
   * @param maxWaiting answers that may wait
   * @param capacity positions of the KV cache
   */
  Admission(int maxRunning, int maxWaiting, long capacity) {
    this.maxRunning = maxRunning;
    this.maxWaiting = maxWaiting;
    this.capacity = capacity;
    for (Priority priority : Priority.values()) {
      queues.put(priority, new ArrayDeque<>());
    }
  }

  /** A place among the answers, or in the queue for one. */
  final class Ticket {
    private final Priority priority;
    private final long positions;
    private final Condition changed = lock.newCondition();
    private boolean admitted;
    private boolean over;

    private Ticket(Priority priority, long positions) {
      this.priority = priority;
      this.positions = positions;
    }

    /**
     * Waits until it is its turn.
     *
     * @return whether it is; false if the deadline passed or it was given back
     */
    boolean await(Deadline deadline) {
      boolean interrupted = false;
      lock.lock();
      try {
        while (!admitted && !over && !deadline.passed() && !interrupted) {
          try {
            changed.awaitNanos(deadline.nanosLeft(Long.MAX_VALUE));
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        return admitted && !over;
      } finally {
        lock.unlock();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    /** Makes room for others; may be called at any time and more than once. */
    void giveBack() {
      lock.lock();
      try {
        if (over) {
          return;
        }
        over = true;
        if (admitted) {
          running--;
          reserved -= positions;
        } else {
          queues.get(priority).remove(this);
          waiting--;
        }
        changed.signalAll();
        admitWaiting();
      } finally {
        lock.unlock();
      }
    }

    private void admit() {
      admitted = true;
      running++;
      reserved += positions;
      changed.signalAll();
    }
  }

  /**
   * Enters.
   *
   * @param positions of the KV cache that the answer may need
   * @throws BusyException if too many wait already
   */
  Ticket enter(Priority priority, long positions) {
    lock.lock();
    try {
      Ticket ticket = new Ticket(priority, Math.min(positions, capacity));
      if (waiting == 0 && fits(ticket)) {
        ticket.admit();
        return ticket;
      }
      if (waiting >= maxWaiting) {
        throw new BusyException(running, waiting);
      }
      queues.get(priority).add(ticket);
      waiting++;
      admitWaiting(); // one of a higher priority may fit where the first of a lower one does not
      return ticket;
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(Ticket ticket) {
    return running < maxRunning && reserved + ticket.positions <= capacity;
  }

  /**
   * Admits from the front; one that does not fit holds up those behind it, so that none starves.
   */
  private void admitWaiting() {
    for (Deque<Ticket> queue : queues.values()) {
      while (!queue.isEmpty()) {
        if (!fits(queue.getFirst())) {
          return;
        }
        waiting--;
        queue.removeFirst().admit();
      }
    }
  }

  /** Answers under way, and answers that wait. */
  List<Integer> counts() {
    lock.lock();
    try {
      return new ArrayList<>(List.of(running, waiting));
    } finally {
      lock.unlock();
    }
  }
}
