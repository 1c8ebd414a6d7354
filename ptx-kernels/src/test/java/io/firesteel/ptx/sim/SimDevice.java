package io.firesteel.ptx.sim;

import io.firesteel.ptx.engine.DeviceBuffer;
import io.firesteel.ptx.engine.KernelDevice;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.Target;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The interpreter as a device. Launches are run at once. */
public final class SimDevice implements KernelDevice {
  private final Simulator simulator;
  private final Target target;
  private final int multiprocessors;
  private final boolean programmatic;

  /**
   * A device.
   *
   * @param seed decides in which order blocks and warps run
   * @param target architecture that kernels are specialised for
   * @param multiprocessors number that grids are sized by
   * @param programmatic whether a kernel is taken to start before its predecessor has ended, where
   *     the target can
   */
  public SimDevice(long seed, Target target, int multiprocessors, boolean programmatic) {
    this.simulator = new Simulator(seed);
    this.target = target;
    this.multiprocessors = multiprocessors;
    this.programmatic = programmatic && target.dependentLaunch();
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public int multiprocessors() {
    return multiprocessors;
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    return new Buffer(simulator.allocate(bytes));
  }

  @Override
  public String description() {
    return "interpreter of " + target.label();
  }

  @Override
  public long freeBytes() {
    return Runtime.getRuntime().maxMemory() / 4;
  }

  @Override
  public Recording record(List<Launch> launches) {
    List<Launch> copy = List.copyOf(launches);
    return new Recording() {
      @Override
      public void run() {
        copy.forEach(SimDevice.this::launch);
      }

      @Override
      public long time() {
        simulator.settle();
        long start = System.nanoTime();
        run();
        return System.nanoTime() - start;
      }

      @Override
      public void close() {
        // nothing outside the heap
      }
    };
  }

  @Override
  public void launch(Launch launch) {
    simulator.launch(
        launch.kernel().ptx(),
        launch.kernel().entry(),
        new int[] {launch.gridX(), launch.gridY(), launch.gridZ()},
        new int[] {launch.kernel().block(), 1, 1},
        launch.kernel().limits().dynamicBytes(),
        programmatic,
        launch.arguments().stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public void synchronize() {
    simulator.settle();
  }

  /** Instructions run so far, counted by warp. */
  public long steps() {
    return simulator.steps();
  }

  @Override
  public void close() {
    // nothing outside the heap
  }

  private final class Buffer implements DeviceBuffer {
    private final long address;

    Buffer(long address) {
      this.address = address;
    }

    @Override
    public long address() {
      return address;
    }

    @Override
    public void write(long offset, MemorySegment source) {
      simulator.write(address + offset, source);
    }

    @Override
    public void read(long offset, MemorySegment target) {
      simulator.read(address + offset, target);
    }

    @Override
    public void move(long from, long to, long bytes) {
      simulator.move(address + from, address + to, bytes);
    }

    @Override
    public void close() {
      simulator.free(address);
    }
  }
}
