package io.firesteel.ptx.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One launch of a kernel: runs its blocks in a seeded order, several at a time, their warps
 * interleaved.
 */
final class Grid {
  /** What {@code %nsmid} tells; a prime, so that nothing divides by it by chance. */
  static final int MULTIPROCESSORS = 13;

  private static final int MAX_SLICE = 400;
  private static final long MAX_STEPS = 4_000_000_000L;

  private final Program program;
  private final GlobalMemory memory;
  private final int[] size;
  private final int[] block;

  /** Where dynamic shared memory begins: behind all static memory that a kernel may have. */
  static final int DYNAMIC_SHARED_AT = 48 * 1024;

  private final int dynamicSharedBytes;
  private final boolean programmatic;
  private final Bytes parameters;
  private final List<Warp> ready = new ArrayList<>();
  private boolean predecessorAwaited;
  private boolean signalledEarly;
  private final Map<Integer, int[]> constants32 = new HashMap<>();
  private final Map<Long, long[]> constants64 = new HashMap<>();

  /**
   * A launch.
   *
   * @param size blocks in x, y and z
   * @param block threads in x, y and z
   * @param programmatic whether it may start before the kernel before it has ended
   * @param parameters eight bytes for each parameter
   */
  Grid(
      Program program,
      GlobalMemory memory,
      int[] size,
      int[] block,
      int dynamicSharedBytes,
      boolean programmatic,
      long... parameters) {
    this.program = program;
    this.memory = memory;
    this.size = size.clone();
    this.block = block.clone();
    this.dynamicSharedBytes = dynamicSharedBytes;
    this.programmatic = programmatic;
    Entry entry = program.entry();
    if (parameters.length != entry.parameters().size()) {
      throw new SimFault(
          "kernel "
              + entry.name()
              + " has "
              + entry.parameters().size()
              + " parameters, "
              + parameters.length
              + " are given");
    }
    if (entry.maxThreads() > 0 && threads() > entry.maxThreads()) {
      throw new SimFault(
          "kernel "
              + entry.name()
              + " allows "
              + entry.maxThreads()
              + " threads, not "
              + threads());
    }
    this.parameters = new Bytes(parameters.length * Long.BYTES);
    for (int i = 0; i < parameters.length; i++) {
      this.parameters.put(i * Long.BYTES, Long.BYTES, parameters[i]);
    }
    this.parameters.initialise(0, this.parameters.size());
  }

  Program program() {
    return program;
  }

  GlobalMemory memory() {
    return memory;
  }

  Bytes parameters() {
    return parameters;
  }

  int[] size() {
    return size.clone();
  }

  int blockX() {
    return block[0];
  }

  int blockY() {
    return block[1];
  }

  int threads() {
    return block[0] * block[1] * block[2];
  }

  int warps() {
    return Math.ceilDiv(threads(), Warp.LANES);
  }

  int dynamicSharedBytes() {
    return dynamicSharedBytes;
  }

  int sharedBytes() {
    return dynamicSharedBytes > 0
        ? DYNAMIC_SHARED_AT + dynamicSharedBytes
        : program.entry().sharedBytes();
  }

  boolean programmatic() {
    return programmatic;
  }

  int[] constant(int value) {
    return constants32.computeIfAbsent(value, Warp::filled);
  }

  long[] constant(long value) {
    return constants64.computeIfAbsent(value, Warp::filled);
  }

  /**
   * Runs all blocks.
   *
   * @param order decides which block and warp goes on at each turn
   * @param resident number of blocks that run at a time
   * @return instructions run, counted by warp
   */
  long run(Random order, int resident) {
    List<Integer> waiting =
        IntStream.range(0, size[0] * size[1] * size[2])
            .boxed()
            .collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(waiting, order);
    List<Block> blocks = new ArrayList<>();
    long steps = 0;
    while (true) {
      while (blocks.size() < resident && !waiting.isEmpty()) {
        Block next = new Block(this, waiting.removeLast());
        blocks.add(next);
        next.warps().forEach(this::released);
      }
      if (blocks.isEmpty()) {
        checkWait();
        return steps;
      }
      if (ready.isEmpty()) {
        throw deadlock(blocks.getFirst());
      }
      Warp warp = ready.get(order.nextInt(ready.size()));
      steps += warp.run(1 + order.nextInt(MAX_SLICE));
      if (steps > MAX_STEPS) {
        throw new SimFault("kernel " + program.entry().name() + " does not end: " + warp.where());
      }
      if (!canRun(warp)) {
        ready.remove(warp);
        warp.queue(false);
      }
      if (warp.done() && warp.block.done()) {
        blocks.remove(warp.block);
      }
    }
  }

  /** A thread lets the next kernel start before it has waited itself. */
  void signalEarly() {
    signalledEarly = true;
  }

  /** Whether the next kernel may start while kernels before this one still run. */
  boolean signalledEarly() {
    return signalledEarly;
  }

  /** A thread has waited for the kernel before. */
  void predecessorAwaited() {
    predecessorAwaited = true;
  }

  /**
   * A kernel that does not wait may end before its predecessor, and its successor then starts too
   * early.
   */
  private void checkWait() {
    if (programmatic && !predecessorAwaited) {
      throw new SimFault(
          "kernel "
              + program.entry().name()
              + " ends without any thread having executed griddepcontrol.wait");
    }
  }

  /** The warp can go on. */
  void released(Warp warp) {
    if (!warp.queue(true)) {
      ready.add(warp);
    }
  }

  private static boolean canRun(Warp warp) {
    return !warp.done() && !warp.waiting();
  }

  private SimFault deadlock(Block block) {
    return new SimFault(
        "kernel "
            + program.entry().name()
            + ", block "
            + block.name()
            + ": threads wait at a barrier that the others never reach: "
            + block.warps().stream()
                .filter(warp -> !warp.done())
                .map(Warp::where)
                .collect(Collectors.joining(", ")));
  }
}
