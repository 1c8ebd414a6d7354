package io.firesteel.tornado.device;

import java.util.concurrent.locks.LockSupport;

/** A thread that runs work items, one after the other; one that waits at a barrier keeps it. */
final class Worker {
  final Launch launch;
  private final Thread thread;
  private volatile boolean turn;

  /** The work item that runs or waits on this thread. */
  int item;

  /** How often the work item has accessed memory since the last barrier. */
  long accesses;

  /** Local arrays that the work item has asked for so far. */
  int allocations;

  Worker(Launch launch) {
    this.launch = launch;
    thread = Thread.ofVirtual().unstarted(() -> Probe.runAs(this, () -> launch.work(this)));
    thread.start();
  }

  void giveTurn() {
    turn = true;
    LockSupport.unpark(thread);
  }

  void awaitTurn() {
    while (!turn) {
      LockSupport.park(this);
    }
    turn = false;
  }
}
