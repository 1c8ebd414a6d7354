package io.firesteel.ptx.engine;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.DeviceDecoder;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.HiddenStates;
import io.firesteel.model.engine.KvStorage;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Rows;
import io.firesteel.ptx.driver.CudaException;
import io.firesteel.ptx.engine.KernelDevice.Recording;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Runs a model on a device. The launches of a step depend only on its shape: how many rows it has,
 * whether each is the newest of its sequence, and which logits are wanted. A shape that comes again
 * is recorded (on a GPU: as a CUDA graph) and from then on queued in one go; tokens, positions and
 * page tables lie in device memory.
 */
final class PtxEngine implements Engine {
  private static final int MAX_RECORDINGS = 32;

  /** What decides the launches of a step. */
  private record Shape(int rows, boolean newest, String logitRows) {}

  private final KernelDevice device;
  private final ModelConfig config;
  private final int maxRows;
  private final EngineMemory memory;
  private final PagedCache cache;
  private final StepBuffers buffers;
  private final StepLaunches launches;
  private final DecodeLoop decodeLoop;
  private final Map<Shape, Recording> recordings = new LinkedHashMap<>(16, 0.75f, true);
  private Shape latest;
  private boolean closed;

  private PtxEngine(
      KernelDevice device,
      ModelConfig config,
      int maxRows,
      EngineMemory memory,
      PagedCache cache,
      StepBuffers buffers,
      StepLaunches launches) {
    this.device = device;
    this.config = config;
    this.maxRows = maxRows;
    this.memory = memory;
    this.cache = cache;
    this.buffers = buffers;
    this.launches = launches;
    this.decodeLoop = new DecodeLoop(device, config.vocabulary(), cache, buffers, launches, memory);
  }

  /** Uploads a model; the device is closed with the engine, or if this fails. */
  static PtxEngine open(
      KernelDevice device, ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    boolean opened = false;
    try {
      Preflight.check(device, weights, options);
      PtxEngine engine = upload(device, weights, options, progress);
      // makes every kernel of a decode step, so that what is not supported is refused now
      engine.launches.step(1, true, new int[] {0}, 0);
      engine.launches.step(2, false, new int[] {1}, 0);
      opened = true;
      return engine;
    } catch (IllegalArgumentException e) {
      throw new EngineException(
          "the PTX engine has no kernel for this model: "
              + e.getMessage()
              + ". Use another engine, or requantise the model to Q4_K, Q6_K or Q8_0.",
          e);
    } catch (CudaException e) {
      throw new EngineException(e.getMessage(), e);
    } finally {
      if (!opened) {
        device.close();
      }
    }
  }

  /** Uploads a model without asking whether it fits. */
  static PtxEngine upload(
      KernelDevice device, ModelWeights weights, EngineOptions options, Progress progress) {
    ModelConfig config = weights.config();
    EngineMemory memory = new EngineMemory(device);
    KvLayout layout = Preflight.layout(config, options);
    int pages = layout.pagesFor(options.cacheTokens());
    long bytes = Preflight.weightBytes(weights);
    try (Progress.Task task = progress.begin("upload weights", Progress.Unit.BYTES, bytes)) {
      DeviceWeights onDevice = new DeviceWeights.Upload(memory, task).run(weights);
      PagedCache cache = new PagedCache(memory, layout, config.layers(), pages);
      StepBuffers buffers =
          new StepBuffers(
              memory, config, onDevice, options.maxRows(), pages, device.multiprocessors());
      StepLaunches launches = new StepLaunches(config, onDevice, cache, buffers, device);
      return new PtxEngine(device, config, options.maxRows(), memory, cache, buffers, launches);
    }
  }

  @Override
  public String name() {
    return PtxEngineProvider.NAME;
  }

  @Override
  public String device() {
    return device.description();
  }

  @Override
  public KvStorage kv() {
    return cache;
  }

  @Override
  public int maxRows() {
    return maxRows;
  }

  @Override
  public int vocabulary() {
    return config.vocabulary();
  }

  @Override
  public void forward(Batch batch, float[] logits) throws EngineException {
    checkOpen();
    check(batch, "logits", logits, vocabulary());
    try {
      DeviceBuffer out = logitsBuffer(batch.logitRows().length);
      tell(batch);
      queue(batch, out);
      device.synchronize();
      if (logits.length > 0) {
        out.read(0, MemorySegment.ofArray(logits));
      }
    } catch (CudaException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  @Override
  public Optional<HiddenStates> hiddenStates() {
    return Optional.of(this::forwardToHidden);
  }

  private void forwardToHidden(Batch batch, float[] states) throws EngineException {
    checkOpen();
    check(batch, "states", states, config.hidden());
    try {
      Batch headless = new Batch(batch.tokens(), batch.rows(), new int[0]);
      tell(headless);
      queue(headless, logitsBuffer(0));
      device.synchronize();
      buffers.readHidden(batch.logitRows(), config.hidden(), states);
    } catch (CudaException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  /** Recorded launches name the memory of the logits: they go when it is replaced. */
  @SuppressWarnings("ReferenceEquality")
  private DeviceBuffer logitsBuffer(int rows) {
    DeviceBuffer before = buffers.logits(0, config.vocabulary());
    DeviceBuffer buffer = buffers.logits(Math.max(1, rows), config.vocabulary());
    if (buffer != before) {
      recordings.values().forEach(Recording::close);
      recordings.clear();
    }
    return buffer;
  }

  /** Tells the device what to compute, which is no longer what the decode loop left it with. */
  private void tell(Batch batch) {
    decodeLoop.interrupt();
    buffers.tell(batch);
  }

  private void queue(Batch batch, DeviceBuffer out) {
    Shape shape =
        new Shape(batch.rows().count(), isNewest(batch.rows()), Arrays.toString(batch.logitRows()));
    Recording recording = recordings.get(shape);
    if (recording == null) {
      var step = launches.step(shape.rows(), shape.newest(), batch.logitRows(), out.address());
      if (shape.equals(latest)) {
        recording = device.record(step);
        keep(shape, recording);
      } else {
        latest = shape;
        step.forEach(device::launch);
        return;
      }
    }
    recording.run();
  }

  private void keep(Shape shape, Recording recording) {
    recordings.put(shape, recording);
    if (recordings.size() > MAX_RECORDINGS) {
      var oldest = recordings.entrySet().iterator();
      oldest.next().getValue().close();
      oldest.remove();
    }
  }

  private static boolean isNewest(Rows rows) {
    return Arrays.stream(rows.sequences()).distinct().count() == rows.count();
  }

  private void check(Batch batch, String name, float[] output, int width) {
    Rows rows = batch.rows();
    if (rows.count() > maxRows) {
      throw new IllegalArgumentException(
          "batch has " + rows.count() + " rows, expected at most " + maxRows);
    }
    if (output.length != (long) batch.logitRows().length * width) {
      throw new IllegalArgumentException(
          "%s has %d elements, expected %d rows of %d"
              .formatted(name, output.length, batch.logitRows().length, width));
    }
    if (rows.pageTables().length > maxRows) {
      throw new IllegalArgumentException(
          "batch has " + rows.pageTables().length + " page tables, expected at most " + maxRows);
    }
    int row = 0;
    for (int token : batch.tokens()) {
      if (token < 0 || token >= vocabulary()) {
        throw new IllegalArgumentException(
            "token " + token + " of row " + row + ", expected 0 to " + (vocabulary() - 1));
      }
      checkPages(rows, row++);
    }
  }

  private void checkPages(Rows rows, int row) {
    int position = rows.positions()[row];
    int[] table = rows.pageTables()[rows.sequences()[row]];
    int needed = position / cache.layout().pageTokens() + 1;
    if (position < 0 || needed > table.length || needed > cache.pages()) {
      throw new IllegalArgumentException(
          "position %d of row %d needs %d pages, its table has %d and the cache %d"
              .formatted(position, row, needed, table.length, cache.pages()));
    }
    IntStream.range(0, needed)
        .filter(i -> table[i] < 0 || table[i] >= cache.pages())
        .findFirst()
        .ifPresent(
            i -> {
              throw new IllegalArgumentException(
                  "page %d of row %d is %d, expected 0 to %d"
                      .formatted(i, row, table[i], cache.pages() - 1));
            });
  }

  /**
   * Times the kernels of a decode step.
   *
   * @param rows sequences that are decoded together
   * @param positions positions of each, the newest included; the cache holds whatever it holds
   * @param repeats steps to take the mean of
   */
  List<KernelTime> profile(int rows, int positions, int repeats) {
    checkOpen();
    int pages = cache.layout().pagesFor(positions);
    int[][] tables = new int[rows][];
    Arrays.setAll(
        tables, r -> IntStream.range(0, pages).map(p -> (r * pages + p) % cache.pages()).toArray());
    int[] newest = new int[rows];
    Arrays.fill(newest, positions - 1);
    int[] all = IntStream.range(0, rows).toArray();
    Batch batch = new Batch(new int[rows], new Rows(all, newest, tables), all);
    tell(batch);
    long out = logitsBuffer(rows).address();
    return new StepProfile(device, memory, cache.layout(), repeats)
        .measure(launches.step(rows, true, all, out), positions);
  }

  /**
   * Times the kernels of a prefill step at the beginning of a context.
   *
   * @param rows tokens of the step
   * @param repeats steps to take the mean of
   */
  List<KernelTime> profilePrefill(int rows, int repeats) {
    checkOpen();
    int[] pages = IntStream.range(0, cache.layout().pagesFor(rows)).toArray();
    tell(new Batch(new int[rows], Rows.ofSequence(0, rows, pages), new int[] {rows - 1}));
    long out = logitsBuffer(1).address();
    return new StepProfile(device, memory, cache.layout(), repeats)
        .measure(launches.step(rows, false, new int[] {rows - 1}, out), rows);
  }

  @Override
  public long memoryBytes() {
    checkOpen();
    return memory.bytes();
  }

  @Override
  public Optional<DeviceDecoder> deviceDecoder() {
    return Optional.of(decodeLoop);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cache.close();
      decodeLoop.close();
      recordings.values().forEach(Recording::close);
      memory.close();
      device.close();
    }
  }
}
