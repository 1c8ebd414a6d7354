package io.firesteel.ptx.engine;

import io.firesteel.loader.file.Progress;
import io.firesteel.ptx.driver.Context;
import io.firesteel.ptx.driver.Device;
import io.firesteel.ptx.driver.DeviceMemory;
import io.firesteel.ptx.driver.Dim;
import io.firesteel.ptx.driver.Event;
import io.firesteel.ptx.driver.Function;
import io.firesteel.ptx.driver.Graph;
import io.firesteel.ptx.driver.LaunchShape;
import io.firesteel.ptx.driver.PinnedMemory;
import io.firesteel.ptx.driver.Stream;
import io.firesteel.ptx.kernel.Kernel;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.Target;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A GPU with a context and a stream of its own. Kernels are assembled when they are first launched.
 */
public final class CudaKernelDevice implements KernelDevice {
  private final Context context;
  private final Stream stream;
  private final Target target;
  private final Map<String, Function> functions = new HashMap<>();

  /**
   * Opens a context on a device.
   *
   * @throws IllegalArgumentException if the device is too old for the kernels
   * @throws io.firesteel.ptx.driver.CudaException if the driver refuses
   */
  public CudaKernelDevice(Device device) {
    target =
        Target.forDevice(device.major(), device.minor())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "device is " + device.describe() + ", expected sm_80 or later"));
    context = Context.open(device);
    stream = context.createStream();
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public int multiprocessors() {
    return context.device().multiprocessors();
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    return new Buffer(context.allocate(bytes));
  }

  @Override
  public SharedBuffer allocateShared(long bytes) {
    return new Shared(context.allocatePinned(bytes));
  }

  @Override
  public void upload(DeviceBuffer target, List<WeightPart> parts, Progress.Task task) {
    DeviceMemory memory = ((Buffer) target).memory;
    new WeightUpload(() -> new PinnedStaging(context, memory, WeightUpload.PART_BYTES))
        .run(parts, task);
  }

  @Override
  public String description() {
    return context.device().describe();
  }

  @Override
  public long freeBytes() {
    return context.memory().free();
  }

  /** Captures the launches as a graph with programmatic edges. */
  @Override
  public Recording record(List<Launch> launches) {
    // modules must be loaded before the capture begins
    launches.forEach(launch -> function(launch.kernel()));
    stream.beginCapture();
    launches.forEach(this::launch);
    Graph graph = stream.endCapture();
    graph.upload(stream);
    return new GraphRecording(graph);
  }

  @Override
  public void launch(Launch launch) {
    Dim grid = new Dim(launch.gridX(), launch.gridY(), launch.gridZ());
    Kernel kernel = launch.kernel();
    stream.launch(
        function(kernel),
        new LaunchShape(grid, Dim.of(kernel.block()))
            .withSharedBytes(kernel.limits().dynamicBytes())
            .withProgrammatic(target.dependentLaunch()),
        launch.arguments().stream().mapToLong(Long::longValue).toArray());
  }

  private Function function(Kernel kernel) {
    return functions.computeIfAbsent(kernel.entry(), _ -> load(kernel));
  }

  private Function load(Kernel kernel) {
    return context
        .load(kernel.entry(), kernel.ptx())
        .function(kernel.entry())
        .prepare(kernel.limits().dynamicBytes());
  }

  @Override
  public Mark mark() {
    return new EventMark(context.createEvent());
  }

  @Override
  public void synchronize() {
    stream.synchronize();
  }

  @Override
  public void close() {
    context.close();
  }

  /** A graph, and events around it once it is timed. */
  private final class GraphRecording implements Recording {
    private final Graph graph;
    private Event start;
    private Event end;

    GraphRecording(Graph graph) {
      this.graph = graph;
    }

    @Override
    public void run() {
      graph.launch(stream);
    }

    @Override
    public long time() {
      if (start == null) {
        start = context.createEvent();
        end = context.createEvent();
      }
      stream.synchronize();
      start.record(stream);
      graph.launch(stream);
      end.record(stream);
      end.synchronize();
      return Math.round(end.nanosSince(start));
    }

    @Override
    public void close() {
      graph.close();
      if (start != null) {
        start.close();
        end.close();
      }
    }
  }

  private final class EventMark implements Mark {
    private final Event event;

    EventMark(Event event) {
      this.event = event;
    }

    @Override
    public void set() {
      event.record(stream);
    }

    @Override
    public void await() {
      stream.awaitHere(event);
    }

    @Override
    public void close() {
      event.close();
    }
  }

  private static final class Shared implements SharedBuffer {
    private final PinnedMemory memory;

    Shared(PinnedMemory memory) {
      this.memory = memory;
      memory.segment().fill((byte) 0);
    }

    @Override
    public long address() {
      return memory.deviceAddress();
    }

    @Override
    public void write(long offset, MemorySegment source) {
      memory.segment().asSlice(offset, source.byteSize()).copyFrom(source);
    }

    @Override
    public void read(long offset, MemorySegment target) {
      target.copyFrom(memory.segment().asSlice(offset, target.byteSize()));
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  private final class Buffer implements DeviceBuffer {
    private final DeviceMemory memory;

    Buffer(DeviceMemory memory) {
      this.memory = memory;
    }

    @Override
    public long address() {
      return memory.address();
    }

    @Override
    public void write(long offset, MemorySegment source) {
      synchronize();
      memory.write(offset, source);
    }

    @Override
    public void read(long offset, MemorySegment target) {
      synchronize();
      memory.read(offset, target);
    }

    @Override
    public void move(long from, long to, long bytes) {
      synchronize();
      memory.copy(to, memory, from, bytes);
    }

    @Override
    public void clear() {
      synchronize();
      memory.fill(0, memory.size(), (byte) 0);
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
