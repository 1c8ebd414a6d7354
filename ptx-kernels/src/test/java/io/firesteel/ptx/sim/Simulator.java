package io.firesteel.ptx.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A simulated device: memory and launches of PTX text. Not safe for several threads. */
final class Simulator {
  /** Blocks that run at a time unless told otherwise. */
  static final int RESIDENT = 6;

  private final GlobalMemory memory = new GlobalMemory();
  private final Map<String, PtxModule> modules = new HashMap<>();
  private final Map<String, Program> programs = new HashMap<>();
  private final Random order;
  private final int resident;
  private boolean predecessorsEnded = true;
  private long steps;

  Simulator(long seed, int resident) {
    this.order = new Random(seed);
    this.resident = resident;
  }

  Simulator(long seed) {
    this(seed, RESIDENT);
  }

  /** Address of new memory, which nothing may read before it is written. */
  long allocate(long bytes) {
    return memory.allocate(bytes).address();
  }

  void free(long address) {
    memory.free(address);
  }

  void write(long address, MemorySegment source) {
    Bytes bytes = bytes(address, source.byteSize());
    int offset = offset(address, source.byteSize());
    MemorySegment.ofArray(bytes.data()).asSlice(offset, source.byteSize()).copyFrom(source);
    bytes.initialise(offset, (int) source.byteSize());
  }

  /** Reads memory whether or not anything was written there. */
  void read(long address, MemorySegment target) {
    settle();
    Bytes bytes = bytes(address, target.byteSize());
    int offset = offset(address, target.byteSize());
    target.copyFrom(MemorySegment.ofArray(bytes.data()).asSlice(offset, target.byteSize()));
  }

  /** Copies memory, along with the knowledge of which bytes have been written. */
  void move(long from, long to, long size) {
    settle();
    Bytes source = bytes(from, size);
    Bytes target = bytes(to, size);
    target.copy(source, offset(from, size), offset(to, size), (int) size);
  }

  /** Whether all of these bytes have been written. */
  boolean isWritten(long address, long size) {
    return bytes(address, size).valid(offset(address, size), (int) size);
  }

  private Bytes bytes(long address, long size) {
    return allocation(address, size).bytes();
  }

  private int offset(long address, long size) {
    return (int) (address - allocation(address, size).address());
  }

  private GlobalMemory.Allocation allocation(long address, long size) {
    GlobalMemory.Allocation allocation = memory.find(address, Math.toIntExact(size));
    if (allocation == null) {
      throw new SimFault(
          "host access out of range: %d bytes at 0x%x, %s"
              .formatted(size, address, memory.nearest(address)));
    }
    return allocation;
  }

  /** Runs a kernel to its end. */
  void launch(
      String ptx,
      String entry,
      int[] grid,
      int[] block,
      int sharedBytes,
      boolean programmatic,
      long... parameters) {
    Program program =
        programs.computeIfAbsent(entry + "\n" + ptx, _ -> Decoder.decode(module(ptx).entry(entry)));
    if (programmatic) {
      memory.next(predecessorsEnded);
    } else {
      settle();
    }
    Grid launch = new Grid(program, memory, grid, block, sharedBytes, programmatic, parameters);
    steps += launch.run(order, resident);
    predecessorsEnded = !launch.signalledEarly();
  }

  private PtxModule module(String ptx) {
    return modules.computeIfAbsent(
        ptx,
        text -> {
          PtxModule module = PtxModule.parse(text);
          byte[] variables = module.variables();
          if (variables.length > 0) {
            Bytes bytes = memory.at(PtxModule.VARIABLES, variables.length).bytes();
            MemorySegment.ofArray(bytes.data()).copyFrom(MemorySegment.ofArray(variables));
            bytes.initialise(0, variables.length);
          }
          return module;
        });
  }

  /** The host waits for the device: all that kernels have written is there for later ones. */
  void settle() {
    memory.settle();
  }

  /** Instructions run so far, counted by warp. */
  long steps() {
    return steps;
  }

  /** Words at an address, for tests. */
  int[] ints(long address, int count) {
    MemorySegment to = MemorySegment.ofArray(new int[count]);
    read(address, to);
    return to.toArray(ValueLayout.JAVA_INT);
  }
}
