package io.firesteel.ptx.sim;

import java.util.Arrays;

/**
 * 32 lanes in lockstep. Where they diverge they split into groups, each with its own place in the
 * program; the group that is farthest behind runs first, and groups that come to the same place
 * join.
 */
final class Warp {
  static final int LANES = 32;

  /** Value of registers that nothing has written: a NaN that is easy to recognise. */
  private static final int UNWRITTEN = 0x7FC0DEAD;

  final Block block;
  final int index;

  /** Registers of up to 32 bits, by slot and lane. */
  final int[][] r;

  /** 64-bit registers, by slot and lane. */
  final long[][] q;

  /** Predicates: one bit for each lane. */
  final int[] p;

  /** Carry of {@code add.cc} and the like, one bit for each lane. */
  int carry;

  /** Result of {@code bar.red}. */
  int barrierResult;

  /** Asynchronous copies of each lane that have not been waited for. */
  final AsyncCopies copies = new AsyncCopies();

  private final Step[] steps;
  private final int[] groupPc = new int[LANES];
  private final int[] groupMask = new int[LANES];
  private final boolean[] groupWaits = new boolean[LANES];
  private int groups;
  private int live;
  private boolean atBarrier;
  private boolean queued;
  private boolean predecessorAwaited;
  private int pc;

  Warp(Block block, int index) {
    this.block = block;
    this.index = index;
    Program program = block.grid().program();
    steps = program.steps();
    r = new int[program.slots32()][];
    q = new long[program.slots64()][];
    p = new int[program.entry().predicates()];
    fillRegisters(program);
    int threads = block.grid().threads() - index * LANES;
    live = threads >= LANES ? -1 : (1 << threads) - 1;
    groups = 1;
    groupMask[0] = live;
    predecessorAwaited = !block.grid().programmatic();
  }

  /** Whether this warp knows that the kernel before has ended. */
  boolean predecessorAwaited() {
    return predecessorAwaited;
  }

  void awaitPredecessor() {
    predecessorAwaited = true;
    block.grid().predecessorAwaited();
  }

  /**
   * The next kernel may start; those before this one need not have ended unless this warp has
   * waited.
   */
  void startSuccessor() {
    if (!predecessorAwaited) {
      block.grid().signalEarly();
    }
  }

  /** Marks this as queued to run; returns whether it was before. */
  boolean queue(boolean now) {
    boolean before = queued;
    queued = now;
    return before;
  }

  private void fillRegisters(Program program) {
    for (int i = 0; i < program.entry().registers32(); i++) {
      r[i] = filled(UNWRITTEN);
    }
    for (int i = 0; i < program.entry().registers64(); i++) {
      q[i] = filled((long) UNWRITTEN << 32 | UNWRITTEN);
    }
    program.constants32().forEach(c -> r[c.slot()] = block.grid().constant(c.value()));
    program.constants64().forEach(c -> q[c.slot()] = block.grid().constant(c.value()));
    for (Program.Special special : program.specials()) {
      long[] values = SpecialRegisters.values(special.name(), this);
      if (special.wide()) {
        q[special.slot()] = values;
      } else {
        r[special.slot()] = Arrays.stream(values).mapToInt(v -> (int) v).toArray();
      }
    }
  }

  static int[] filled(int value) {
    int[] lanes = new int[LANES];
    Arrays.fill(lanes, value);
    return lanes;
  }

  static long[] filled(long value) {
    long[] lanes = new long[LANES];
    Arrays.fill(lanes, value);
    return lanes;
  }

  boolean done() {
    return groups == 0;
  }

  boolean waiting() {
    return atBarrier;
  }

  int live() {
    return live;
  }

  /** Index of a lane in its block. */
  int thread(int lane) {
    return index * LANES + lane;
  }

  /** Runs up to {@code steps} instructions; returns how many were run. */
  int run(int budget) {
    int count = 0;
    while (count < budget && groups > 0 && !atBarrier) {
      int group = lowest();
      if (group < 0) {
        throw deadlock();
      }
      count += runGroup(group, budget - count);
    }
    return count;
  }

  private int lowest() {
    int best = -1;
    for (int g = 0; g < groups; g++) {
      if (!groupWaits[g] && (best < 0 || groupPc[g] < groupPc[best])) {
        best = g;
      }
    }
    return best;
  }

  /** Runs one group until it meets another, falls behind or waits. */
  private int runGroup(int g, int budget) {
    int count = 0;
    while (count < budget) {
      pc = groupPc[g];
      Step step = steps[pc];
      int mask = groupMask[g];
      int active = step.active(this, mask);
      count++;
      switch (step.kind) {
        case PLAIN -> {
          if (active != 0) {
            step.op.run(this, active);
          }
          groupPc[g] = pc + 1;
          if (groups == 1) {
            continue;
          }
        }
        case BRANCH -> {
          branch(g, step, mask, active);
          if (groups == 1) {
            continue;
          }
        }
        case EXIT -> {
          exit(g, mask, active);
          return count;
        }
        case MEET -> {
          if (active != 0 && !meet(g, step, mask, active)) {
            return count;
          }
          groupPc[g] = pc + 1;
        }
        case BARRIER -> {
          if (active == 0) {
            groupPc[g] = pc + 1;
          } else {
            barrier(g, step, mask, active);
            return count;
          }
        }
      }
      if (groups > 1 && (joined(g) || lowest() != g)) {
        return count;
      }
    }
    return count;
  }

  private void branch(int g, Step step, int mask, int taken) {
    if (taken == mask) {
      groupPc[g] = step.target;
    } else {
      groupPc[g] = pc + 1;
      if (taken != 0) {
        if (step.source.has("uni")) {
          throw fault(taken, "is marked .uni and some lanes take it while others do not");
        }
        groupMask[g] = mask & ~taken;
        add(step.target, taken);
      }
    }
  }

  private void exit(int g, int mask, int leaving) {
    live &= ~leaving;
    block.left(leaving);
    groupMask[g] = mask & ~leaving;
    groupPc[g] = pc + 1;
    if (groupMask[g] == 0) {
      remove(g);
    } else {
      joined(g);
    }
    Arrays.fill(groupWaits, 0, groups, false);
  }

  /** Returns false if lanes are missing and the group has to wait for them. */
  private boolean meet(int g, Step step, int mask, int active) {
    int wanted = step.members.of(this, active);
    if ((wanted & ~live) != 0) {
      throw fault(active, "names lanes that have ended: " + lanes(wanted & ~live));
    }
    if ((wanted & mask & ~active) != 0) {
      throw fault(
          active, "names lanes whose guard does not hold: " + lanes(wanted & mask & ~active));
    }
    if ((wanted & ~mask) != 0) {
      groupWaits[g] = true;
      return false;
    }
    if ((active & ~wanted) != 0) {
      throw fault(active, "runs in lanes that its mask does not name: " + lanes(active & ~wanted));
    }
    block.races().meet(index);
    step.op.run(this, active);
    return true;
  }

  private void barrier(int g, Step step, int mask, int active) {
    if (active != live) {
      if (active != mask) {
        throw fault(active, "is a barrier that only part of the warp executes: " + lanes(active));
      }
      groupWaits[g] = true;
      return;
    }
    atBarrier = true;
    step.op.run(this, active);
  }

  /** The barrier is complete or does not hold this warp. */
  void pass() {
    atBarrier = false;
    Step step = steps[groupPc[0]];
    if (step.completion != null) {
      step.completion.run(this, groupMask[0]);
    }
    groupPc[0]++;
    block.grid().released(this);
  }

  private void add(int target, int mask) {
    for (int g = 0; g < groups; g++) {
      if (groupPc[g] == target) {
        groupMask[g] |= mask;
        groupWaits[g] = false;
        return;
      }
    }
    groupPc[groups] = target;
    groupMask[groups] = mask;
    groupWaits[groups] = false;
    groups++;
  }

  private boolean joined(int g) {
    for (int other = 0; other < groups; other++) {
      if (other != g && groupPc[other] == groupPc[g]) {
        groupMask[other] |= groupMask[g];
        groupWaits[other] = false;
        remove(g);
        return true;
      }
    }
    return false;
  }

  private void remove(int g) {
    groups--;
    groupPc[g] = groupPc[groups];
    groupMask[g] = groupMask[groups];
    groupWaits[g] = groupWaits[groups];
  }

  private SimFault deadlock() {
    StringBuilder where = new StringBuilder("lanes of a warp wait for each other:");
    for (int g = 0; g < groups; g++) {
      Instruction at = steps[groupPc[g]].source;
      where.append(" lanes ").append(lanes(groupMask[g])).append(" at line ").append(at.line());
      where
          .append(" (")
          .append(block.grid().program().entry().module().line(at.line()))
          .append(")");
    }
    pc = groupPc[0];
    return fault(groupMask[0], where.toString());
  }

  static String lanes(int mask) {
    return "0x" + Integer.toHexString(mask);
  }

  /** Where this warp stands, for messages. */
  String where() {
    return "warp " + index + " at line " + steps[groupPc[0]].source.line();
  }

  /** A fault of the first lane of the mask at the instruction being run. */
  SimFault fault(int mask, String what) {
    Instruction source = steps[pc].source;
    int thread = thread(Integer.numberOfTrailingZeros(mask));
    return new SimFault(
        "kernel "
            + block.grid().program().entry().name()
            + ", block "
            + block.name()
            + ", thread "
            + thread
            + ", line "
            + source.line()
            + " ("
            + block.grid().program().entry().module().line(source.line())
            + "): "
            + what);
  }
}
