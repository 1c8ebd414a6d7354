package io.firesteel.tornado.device;

import io.firesteel.tornado.kernels.Argument;
import io.firesteel.tornado.kernels.KernelTask;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * One launch. Exactly one worker has the turn at any time, and only it touches the state here.
 *
 * <p>A worker starts work items until one has to wait; that one keeps the thread, and another
 * worker goes on. So a kernel without barriers needs one thread and no changes of turn.
 */
final class Launch {
  private final KernelTask task;
  private final MethodHandle kernel;
  private final Object[] arguments;
  private final Memory memory;
  private final Patience patience;
  private final SplittableRandom random;
  private final int[] groups;
  private final int groupSize;

  private final Worker[] waiting;
  private final Deque<Worker> idle = new ArrayDeque<>();
  private final List<Worker> workers = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);

  private int nextGroup = 1;
  private int[] order;
  private int started;
  private int finished;
  private final Deque<Worker> ready = new ArrayDeque<>();
  private final Meeting barrier;
  private final Meeting[] warps;
  private int phase;

  private volatile boolean aborted;
  private volatile KernelFaultException failure;

  Launch(KernelTask task, MethodHandle kernel, Patience patience, long seed) {
    this.task = task;
    this.patience = patience;
    this.kernel = kernel;
    arguments = task.values(new KernelContext());
    memory = new Memory(accesses(task));
    random = new SplittableRandom(seed);
    groups = shuffled(task.geometry().groups());
    groupSize = task.geometry().groupSize();
    waiting = new Worker[groupSize];
    order = shuffled(groupSize);
    barrier = new Meeting(0, groupSize);
    warps = new Meeting[Math.ceilDiv(groupSize, Meeting.WARP)];
    for (int w = 0; w < warps.length; w++) {
      int first = w * Meeting.WARP;
      warps[w] = new Meeting(first, Math.min(Meeting.WARP, groupSize - first));
    }
  }

  private static IdentityHashMap<TornadoNativeArray, Access> accesses(KernelTask task) {
    IdentityHashMap<TornadoNativeArray, Access> accesses = new IdentityHashMap<>();
    for (Argument argument : task.arguments()) {
      if (argument.value() instanceof TornadoNativeArray array) {
        accesses.merge(array, argument.access(), (a, b) -> a == b ? a : Access.READ_WRITE);
      }
    }
    return accesses;
  }

  /** A permutation of the first numbers. */
  private int[] shuffled(int count) {
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      numbers[i] = numbers[other];
      numbers[other] = i;
    }
    return numbers;
  }

  /** Runs the launch and returns when it is over. */
  void run() {
    newWorker().giveTurn();
    try {
      over.await();
    } catch (InterruptedException e) {
      abort();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + task.name(), e);
    }
    if (failure != null) {
      throw failure;
    }
    memory.firstUncovered().ifPresent(detail -> incomplete(Fault.NOT_COVERED, detail));
    memory.firstLost().ifPresent(detail -> incomplete(Fault.NEVER_READ, detail));
  }

  private void incomplete(Fault fault, String detail) {
    throw new KernelFaultException(
        new FaultReport(
            fault,
            task.name(),
            -1,
            -1,
            "",
            "%s after %d groups of %d".formatted(detail, groups.length, groupSize)),
        null);
  }

  private Worker newWorker() {
    Worker worker = new Worker(this);
    workers.add(worker);
    return worker;
  }

  Memory memory() {
    return memory;
  }

  int group() {
    return groups[nextGroup - 1];
  }

  int groupCount() {
    return groups.length;
  }

  int groupSize() {
    return groupSize;
  }

  int phase() {
    return phase;
  }

  int user(Worker worker) {
    return Shadow.user(group(), worker.item);
  }

  /** What a worker's thread does. */
  void work(Worker self) {
    try {
      self.awaitTurn();
      while (!aborted && !isOver()) {
        goOn(self);
      }
    } catch (KernelFaultException e) {
      fail(e);
    } catch (Aborted e) {
      return;
    } catch (Throwable e) {
      fail(exception(self, e));
    }
  }

  private boolean isOver() {
    if (!ready.isEmpty() || started < groupSize || finished < groupSize) {
      return false;
    }
    if (nextGroup < groups.length) {
      beginGroup();
      return false;
    }
    abort();
    over.countDown();
    return true;
  }

  private void beginGroup() {
    nextGroup++;
    order = shuffled(groupSize);
    started = 0;
    finished = 0;
    phase = 0;
    memory.beginGroup();
  }

  /** With the turn and no work item: passes the turn to one that can go on, or starts one. */
  private void goOn(Worker self) throws Throwable {
    if (!ready.isEmpty()) {
      idle.push(self);
      ready.poll().giveTurn();
      self.awaitTurn();
    } else if (started < groupSize) {
      self.item = order[started++];
      self.allocations = 0;
      self.accesses = 0;
      kernel.invoke(arguments);
      finished++;
    } else {
      throw divergence();
    }
  }

  /** Waits in a work item for the turn to come back. */
  private void pause(Worker self) {
    if (ready.isEmpty() && started == groupSize) {
      throw divergence();
    }
    Worker next = ready.poll();
    if (next == self) {
      return;
    }
    if (next == null) {
      next = idle.isEmpty() ? newWorker() : idle.pop();
    }
    next.giveTurn();
    self.awaitTurn();
    if (aborted) {
      throw new Aborted();
    }
  }

  /** Holds a work item until all of its group have arrived. */
  void barrier(Worker self, int line) {
    waiting[self.item] = self;
    if (barrier.arrive(self.item, "barrier", line, 0)) {
      requireOnePlace(barrier, Fault.BARRIER_DIVERGENCE);
      phase++;
      if (phase > patience.barriers()) {
        throw fault(self, Fault.ENDLESS, "more than " + patience.barriers() + " barriers");
      }
      for (int item : shuffled(groupSize)) {
        ready.add(waiting[item]);
      }
      barrier.clear();
    }
    pause(self);
    self.accesses = 0;
  }

  /** Holds a work item until its warp has arrived; returns what the warp posted. */
  float[] meetWarp(Worker self, String operation, int line, float value) {
    Meeting warp = warps[self.item / Meeting.WARP];
    float[] posted = warp.posted();
    waiting[self.item] = self;
    if (warp.arrive(self.item, operation, line, value)) {
      requireOnePlace(warp, Fault.WARP_DIVERGENCE);
      for (int item = warp.first(); item < warp.first() + warp.size(); item++) {
        ready.add(waiting[item]);
      }
      warp.clear();
    }
    pause(self);
    return posted;
  }

  private void requireOnePlace(Meeting meeting, Fault fault) {
    meeting
        .differentPlaces()
        .ifPresent(
            detail -> {
              throw new KernelFaultException(
                  new FaultReport(fault, task.name(), group(), -1, "", detail), null);
            });
  }

  private KernelFaultException divergence() {
    for (Meeting warp : warps) {
      if (warp.arrived() > 0) {
        return new KernelFaultException(
            new FaultReport(Fault.WARP_DIVERGENCE, task.name(), group(), -1, "", warp.whoWaits()),
            null);
      }
    }
    String detail = barrier.whoWaits() + "; " + finished + " have ended";
    return new KernelFaultException(
        new FaultReport(Fault.BARRIER_DIVERGENCE, task.name(), group(), -1, "", detail), null);
  }

  /** Counts an access to memory. */
  void countAccess(Worker self) {
    if (++self.accesses > patience.accesses()) {
      throw fault(
          self,
          Fault.ENDLESS,
          "more than " + patience.accesses() + " accesses to memory without a barrier");
    }
  }

  /** Makes the report of a fault at the place where the running work item is. */
  KernelFaultException fault(Worker self, Fault fault, String detail) {
    String place = Places.ofKernel(new Throwable().getStackTrace());
    return new KernelFaultException(
        new FaultReport(fault, task.name(), group(), self.item, place, detail), null);
  }

  private KernelFaultException exception(Worker self, Throwable e) {
    Fault fault = e instanceof IndexOutOfBoundsException ? Fault.OUT_OF_RANGE : Fault.EXCEPTION;
    String place = Places.ofKernel(e.getStackTrace());
    return new KernelFaultException(
        new FaultReport(fault, task.name(), group(), self.item, place, e.toString()), e);
  }

  private void fail(KernelFaultException e) {
    if (failure == null) {
      failure = e;
    }
    abort();
    over.countDown();
  }

  private void abort() {
    aborted = true;
    List.copyOf(workers).forEach(Worker::giveTurn);
  }

  /** Ends a work item that waits when the launch is over. */
  private static final class Aborted extends RuntimeException {
    private static final long serialVersionUID = 1;

    Aborted() {
      super(null, null, false, false);
    }
  }
}
