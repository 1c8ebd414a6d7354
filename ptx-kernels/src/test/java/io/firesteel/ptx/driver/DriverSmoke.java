package io.firesteel.ptx.driver;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.firesteel.model.engine.Availability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Exercises every driver object on a GPU and prints PASS or FAIL for each item; the exit status is
 * the number of failures. Not a test of {@code mvn verify}, since it needs a GPU.
 */
public final class DriverSmoke {
  private static final int COUNT = 1 << 20;

  private interface Item {
    void run() throws Exception;
  }

  private int failures;

  /** Runs all items on the first usable device. */
  public static void main(String[] arguments) {
    Availability here = Driver.probe();
    System.out.println(here);
    if (here instanceof Availability.Refused) {
      System.exit(1);
    }
    DriverSmoke smoke = new DriverSmoke();
    for (Device device : Driver.devices()) {
      System.out.println(device);
    }
    smoke.all(Driver.devices().getFirst());
    System.exit(smoke.failures);
  }

  private void all(Device device) {
    item("context opens and closes, twice", () -> Context.open(device).close());
    item("memory is as it was after 1,000 allocations", () -> leaks(device));
    item("close in any order, twice, and use after close", () -> closing(device));
    item("copies: native, heap, slices, device to device, fill", () -> copies(device));
    item("copies through pinned memory on a stream", () -> pinned(device));
    item("kernel loads, launches, reports registers and occupancy", () -> launch(device));
    item("assembler's log in the exception", () -> badPtx(device));
    item("missing entry is named", () -> missingEntry(device));
    item("launch refusal names kernel and geometry", () -> badLaunch(device));
    item("events take the time", () -> timing(device));
    item("graph: capture, instantiate, launch", () -> graph(device, false));
    if (device.supportsProgrammaticLaunch()) {
      item("graph with programmatic dependent launch", () -> graph(device, true));
      item("clusters", () -> cluster(device));
    }
    item("too large an allocation says what fits", () -> tooLarge(device));
    item("kernel fault surfaces, and a new context works", () -> fault(device));
    item("borrowed context and stream stay alive", () -> borrow(device));
    item("NVML readings", () -> nvml(device));
    System.out.println(failures == 0 ? "all passed" : failures + " failed");
  }

  private void item(String what, Item item) {
    try {
      item.run();
      System.out.println("PASS " + what);
    } catch (Throwable e) {
      failures++;
      System.out.println("FAIL " + what);
      e.printStackTrace(System.out);
    }
  }

  private static void leaks(Device device) {
    try (Context context = Context.open(device)) {
      context.allocate(1 << 20).close();
      long before = context.memory().free();
      for (int i = 0; i < 1000; i++) {
        try (DeviceMemory memory = context.allocate(64 << 20);
            Stream stream = context.createStream();
            Event event = context.createEvent()) {
          memory.fillAsync(0, 4096, (byte) 1, stream);
          event.record(stream);
          event.synchronize();
        }
      }
      expect(
          context.memory().free() == before,
          "free memory " + before + " became " + context.memory().free());
    }
  }

  private static void closing(Device device) {
    Context context = Context.open(device);
    DeviceMemory memory = context.allocate(1024);
    Stream stream = context.createStream();
    Event event = context.createEvent();
    PinnedMemory pinned = context.allocatePinned(1024);
    Module module = context.load("saxpy", saxpy(false));
    event.close();
    event.close();
    refused(event::synchronize);
    context.close();
    context.close();
    memory.close();
    stream.close();
    pinned.close();
    module.close();
    refused(memory::address);
    refused(stream::synchronize);
    refused(pinned::segment);
    refused(() -> module.function("saxpy"));
    refused(context::synchronize);
    refused(() -> context.allocate(1));
  }

  private static void copies(Device device) {
    int[] values = new int[5_000_001];
    Arrays.setAll(values, i -> i * 31);
    try (Context context = Context.open(device);
        DeviceMemory one = context.allocate(values.length * 4L);
        DeviceMemory two = context.allocate(values.length * 4L);
        Arena arena = Arena.ofConfined()) {
      one.write(0, MemorySegment.ofArray(values));
      two.copy(0, one, 0, one.size());
      int[] back = new int[values.length];
      two.read(0, MemorySegment.ofArray(back));
      expect(Arrays.equals(values, back), "heap copies differ");
      MemorySegment host = arena.allocateFrom(JAVA_INT, values).asReadOnly();
      one.fill(0, one.size(), (byte) 0);
      one.write(4, host.asSlice(8, 400));
      MemorySegment slice = arena.allocate(408);
      one.read(0, slice);
      expect(slice.get(JAVA_INT, 0) == 0, "fill or offset");
      expect(slice.get(JAVA_INT, 4) == values[2], "native copy with offset");
      expect(slice.get(JAVA_INT, 404) == 0, "copy ran over its end");
      boolean thrown = false;
      try {
        one.read(one.size() - 4, slice);
      } catch (IndexOutOfBoundsException e) {
        thrown = true;
      }
      expect(thrown, "copy past the end was accepted");
    }
  }

  private static void pinned(Device device) {
    try (Context context = Context.open(device);
        Stream stream = context.createStream();
        PinnedMemory in = context.allocatePinned(1 << 20);
        PinnedMemory out = context.allocatePinned(1 << 20);
        DeviceMemory memory = context.allocate(1 << 20)) {
      in.segment().set(JAVA_INT, 512, 42);
      memory.fillAsync(0, memory.size(), (byte) 0, stream);
      memory.writeAsync(256, in, 512, 4, stream);
      memory.readAsync(0, out, 0, 1 << 20, stream);
      stream.synchronize();
      expect(stream.isIdle(), "stream is not idle");
      expect(out.segment().get(JAVA_INT, 256) == 42, "value did not come back");
    }
  }

  private static void launch(Device device) {
    try (Saxpy s = new Saxpy(device, false)) {
      s.run(s.shape());
      s.expectValues(2);
      System.out.println(
          "     registers "
              + s.function.registers()
              + ", local "
              + s.function.localBytes()
              + " B, blocks per SM "
              + s.function.blocksPerMultiprocessor(256, 0));
      expect(s.function.registers() > 0, "no registers");
      s.function.allowSharedBytes(device.sharedBytesPerBlock());
      s.run(
          s.shape()
              .withSharedBytes(100 << 10 > device.sharedBytesPerBlock() ? 64 << 10 : 96 << 10));
      s.expectValues(4);
    }
  }

  private static void badPtx(Device device) {
    try (Context context = Context.open(device)) {
      String ptx = saxpy(false).replace("fma.rn.f32", "fma.rn.f99");
      CudaException e = failing(() -> context.load("broken", ptx));
      System.out.println("     " + e.getMessage().replace("\n", "\n     "));
      expect(e.getMessage().contains("line"), "no assembler log");
    }
  }

  private static void missingEntry(Device device) {
    try (Saxpy s = new Saxpy(device, false)) {
      CudaException e = failing(() -> s.module.function("saxpi"));
      expect(e.getMessage().contains("saxpi"), e.getMessage());
    }
  }

  private static void badLaunch(Device device) {
    try (Saxpy s = new Saxpy(device, false)) {
      CudaException e = failing(() -> s.run(s.shape().withSharedBytes(900 << 10)));
      System.out.println("     " + e.getMessage());
      expect(
          e.getMessage().contains("saxpy") && e.getMessage().contains("grid 4096x1x1"),
          e.getMessage());
    }
  }

  private static void timing(Device device) {
    try (Saxpy s = new Saxpy(device, false);
        Event start = s.context.createEvent();
        Event end = s.context.createEvent()) {
      start.record(s.stream);
      s.run(s.shape());
      end.record(s.stream);
      end.synchronize();
      double nanos = end.nanosSince(start);
      System.out.printf("     saxpy of %d: %.1f µs%n", COUNT, nanos / 1e3);
      expect(nanos > 0 && nanos < 1e9, "time " + nanos);
    }
  }

  private static void graph(Device device, boolean programmatic) {
    try (Saxpy s = new Saxpy(device, programmatic)) {
      LaunchShape shape = s.shape().withProgrammatic(programmatic);
      s.run(shape);
      s.expectValues(2);
      s.stream.beginCapture();
      for (int i = 0; i < 100; i++) {
        s.queue(shape);
      }
      try (Graph graph = s.stream.endCapture();
          Event start = s.context.createEvent();
          Event end = s.context.createEvent()) {
        expect(graph.nodes() == 100, "graph has " + graph.nodes() + " nodes");
        graph.upload(s.stream);
        s.expectValues(2);
        start.record(s.stream);
        graph.launch(s.stream);
        graph.launch(s.stream);
        end.record(s.stream);
        s.stream.synchronize();
        s.expectValues(402);
        System.out.printf("     %.2f µs a kernel%n", end.nanosSince(start) / 200e3);
      }
    }
  }

  private static void cluster(Device device) {
    try (Saxpy s = new Saxpy(device, true);
        DeviceMemory ranks = s.context.allocate(64)) {
      Function rank = s.module.function("rank");
      s.stream.launch(
          rank, new LaunchShape(Dim.of(16), Dim.of(32)).withCluster(Dim.of(4)), ranks.address());
      s.stream.synchronize();
      int[] found = new int[16];
      ranks.read(0, MemorySegment.ofArray(found));
      int[] expected = new int[16];
      Arrays.setAll(expected, i -> i % 4);
      expect(Arrays.equals(expected, found), "ranks " + Arrays.toString(found));
    }
  }

  private static void tooLarge(Device device) {
    try (Context context = Context.open(device)) {
      CudaException e = failing(() -> context.allocate(device.memoryBytes() * 2));
      expect(e.getMessage().contains("shorter context"), e.getMessage());
      context.allocate(1024).close();
    }
  }

  private static void fault(Device device) {
    Saxpy s = new Saxpy(device, false);
    s.stream.launch(s.function, s.shape(), 64, 64, Float.floatToRawIntBits(1), COUNT);
    CudaException e = failing(s.stream::synchronize);
    System.out.println("     " + e.getMessage());
    expect(e.contextLost() && e.getMessage().contains("kernel saxpy"), e.getMessage());
    s.close();
    launch(device);
  }

  private static void borrow(Device device) {
    try (Context own = Context.open(device)) {
      own.makeCurrent();
      jcuda.driver.CUstream raw = new jcuda.driver.CUstream();
      CudaException.check(jcuda.driver.JCudaDriver.cuStreamCreate(raw, 0), "create");
      Context borrowed = Context.borrowCurrent(device);
      Stream stream = Stream.borrow(borrowed, raw);
      stream.synchronize();
      borrowed.close();
      own.makeCurrent();
      CudaException.check(jcuda.driver.JCudaDriver.cuStreamSynchronize(raw), "use the stream");
      CudaException.check(jcuda.driver.JCudaDriver.cuStreamDestroy(raw), "destroy");
      own.allocate(16).close();
    }
  }

  private static void nvml(Device device) {
    try (Nvml nvml = Nvml.open(device).orElseThrow()) {
      System.out.println(
          "     driver %s, %s W, %s J, graphics %s MHz, memory %s MHz, %s C"
              .formatted(
                  nvml.driverVersion().orElse("?"),
                  nvml.powerWatts(),
                  nvml.energyJoules(),
                  nvml.graphicsClock(),
                  nvml.memoryClock(),
                  nvml.temperature()));
      OptionalDouble power = nvml.powerWatts();
      expect(
          power.isPresent() && power.getAsDouble() > 1 && power.getAsDouble() < 3000,
          "power " + power);
      nvml.close();
      refused(nvml::powerWatts);
    }
  }

  /**
   * Kernels saxpy (y[i] += a * x[i]), which waits for its predecessor, and rank (place in the
   * cluster).
   */
  private static String saxpy(boolean hopper) {
    return """
    .version 7.8
    .target TARGET
    .address_size 64
    .visible .entry saxpy(.param .u64 px, .param .u64 py, .param .f32 pa, .param .u32 pn)
    {
      .reg .pred %p; .reg .b32 %i, %b, %n, %t; .reg .b64 %x, %y, %o; .reg .f32 %a, %u, %v;
      ld.param.u64 %x, [px];
      ld.param.u64 %y, [py];
      ld.param.f32 %a, [pa];
      ld.param.u32 %n, [pn];
      WAIT
      mov.u32 %i, %ctaid.x;
      mov.u32 %b, %ntid.x;
      mov.u32 %t, %tid.x;
      mad.lo.u32 %i, %i, %b, %t;
      setp.ge.u32 %p, %i, %n;
      @%p bra done;
      mul.wide.u32 %o, %i, 4;
      add.u64 %x, %x, %o;
      add.u64 %y, %y, %o;
      ld.global.f32 %u, [%x];
      ld.global.f32 %v, [%y];
      fma.rn.f32 %v, %a, %u, %v;
      st.global.f32 [%y], %v;
    done:
      ret;
    }
    .visible .entry rank(.param .u64 out)
    {
      .reg .b32 %r, %i; .reg .b64 %x, %o;
      ld.param.u64 %x, [out];
      mov.u32 %r, RANK;
      mov.u32 %i, %ctaid.x;
      mul.wide.u32 %o, %i, 4;
      add.u64 %x, %x, %o;
      st.global.u32 [%x], %r;
      ret;
    }
    """
        .replace("TARGET", hopper ? "sm_90" : "sm_80")
        .replace("WAIT", hopper ? "griddepcontrol.wait;" : "")
        .replace("RANK", hopper ? "%cluster_ctarank" : "%ctaid.x");
  }

  /** y starts as 0 and x as 1; each run adds 2. */
  private static final class Saxpy implements AutoCloseable {
    private final Context context;
    private final Stream stream;
    private final Module module;
    private final Function function;
    private final DeviceMemory x;
    private final DeviceMemory y;

    Saxpy(Device device, boolean hopper) {
      context = Context.open(device);
      stream = context.createStream();
      module = context.load("saxpy", saxpy(hopper));
      function = module.function("saxpy");
      x = context.allocate(COUNT * 4L);
      y = context.allocate(COUNT * 4L);
      float[] ones = new float[COUNT];
      Arrays.fill(ones, 1);
      x.write(0, MemorySegment.ofArray(ones));
      y.fill(0, y.size(), (byte) 0);
    }

    LaunchShape shape() {
      return new LaunchShape(Dim.of(COUNT / 256), Dim.of(256));
    }

    void queue(LaunchShape shape) {
      stream.launch(function, shape, x.address(), y.address(), Float.floatToRawIntBits(2), COUNT);
    }

    void run(LaunchShape shape) {
      queue(shape);
      stream.synchronize();
    }

    void expectValues(float expected) {
      float[] found = new float[COUNT];
      y.read(0, MemorySegment.ofArray(found));
      for (int i = 0; i < COUNT; i++) {
        expect(found[i] == expected, "y[" + i + "] is " + found[i] + ", expected " + expected);
      }
      expect(JAVA_FLOAT.byteSize() * COUNT == y.size(), "size");
    }

    @Override
    public void close() {
      context.close();
    }
  }

  private static CudaException failing(Item item) {
    try {
      item.run();
    } catch (CudaException e) {
      return e;
    } catch (Exception e) {
      throw new AssertionError("expected a CudaException", e);
    }
    throw new AssertionError("expected a CudaException");
  }

  private static void refused(Item item) {
    try {
      item.run();
    } catch (IllegalStateException e) {
      return;
    } catch (Exception e) {
      throw new AssertionError("expected an IllegalStateException", e);
    }
    throw new AssertionError("expected an IllegalStateException");
  }

  private static void expect(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }
}
