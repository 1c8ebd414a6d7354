package io.firesteel.ptx.sim;

import io.firesteel.loader.file.Progress;
import io.firesteel.ptx.engine.DeviceBuffer;
import io.firesteel.ptx.engine.KernelDevice;
import io.firesteel.ptx.engine.SharedBuffer;
import io.firesteel.ptx.engine.Staging;
import io.firesteel.ptx.engine.WeightPart;
import io.firesteel.ptx.engine.WeightUpload;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.Target;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The interpreter as a device. Launches are run at once. */
public final class SimDevice implements KernelDevice {
  private static final int STAGING_THREADS = 3;

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
    return new Buffer(simulator.allocate(bytes), bytes);
  }

  @Override
  public SharedBuffer allocateShared(long bytes) {
    SimShared shared = new SimShared(simulator.allocate(bytes));
    shared.write(0, MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]));
    return shared;
  }

  @Override
  public void upload(DeviceBuffer target, List<WeightPart> parts, Progress.Task task) {
    new WeightUpload(() -> new SimStaging(target), STAGING_THREADS).run(parts, task);
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
    LaunchLimits.check(launch.kernel());
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
  public Mark mark() {
    return new Mark() {
      @Override
      public void set() {
        // launches are run at once
      }

      @Override
      public void await() {
        simulator.settle();
      }

      @Override
      public void close() {
        // nothing outside the heap
      }
    };
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

  /** Staging memory whose copies are done at once; several threads may have one each. */
  private final class SimStaging implements Staging {
    private final DeviceBuffer target;
    private final MemorySegment memory =
        MemorySegment.ofArray(new byte[(int) WeightUpload.PART_BYTES]);

    SimStaging(DeviceBuffer target) {
      this.target = target;
    }

    @Override
    public MemorySegment memory() {
      return memory;
    }

    @Override
    public void send(long from, long bytes, long to) {
      synchronized (simulator) {
        target.write(to, memory.asSlice(from, bytes));
      }
    }

    @Override
    public void close() {
      // nothing outside the heap
    }
  }

  private final class SimShared implements SharedBuffer {
    private final long address;

    SimShared(long address) {
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
    public void close() {
      simulator.free(address);
    }
  }

  private final class Buffer implements DeviceBuffer {
    private final long address;
    private final long bytes;

    Buffer(long address, long bytes) {
      this.address = address;
      this.bytes = bytes;
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
    public void clear() {
      simulator.write(address, MemorySegment.ofArray(new byte[(int) bytes]));
    }

    @Override
    public void close() {
      simulator.free(address);
    }
  }
}
