package io.firesteel.tornado.engine;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.engine.DeviceDecoder;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.KvStorage;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.tornado.graph.DriverErrors;
import io.firesteel.tornado.graph.HandTasks;
import io.firesteel.tornado.kernels.SampleOp;
import io.firesteel.tornado.sdk.HostMemory;
import io.firesteel.tornado.sdk.TornadoDevices;
import io.firesteel.tornado.sdk.TornadoSettings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Runs a model in TornadoVM's task graphs, one row after the other. Weights, cache and activations
 * stay on the device; the host tells token, position and page table, and gets logits or the
 * likeliest token.
 */
final class TornadoEngine implements Engine {
  private final ModelConfig config;
  private final String device;
  private final int maxRows;
  private final long memoryBytes;
  private final StepArrays step;
  private final TokenGraphs graphs;
  private final PagedCache cache;
  private final Decoder decoder = new Decoder();
  private boolean closed;

  private TornadoEngine(
      ModelConfig config,
      String device,
      int maxRows,
      long memoryBytes,
      StepArrays step,
      TokenGraphs graphs,
      PagedCache cache) {
    this.config = config;
    this.device = device;
    this.maxRows = maxRows;
    this.memoryBytes = memoryBytes;
    this.step = step;
    this.graphs = graphs;
    this.cache = cache;
  }

  /** Builds the graphs, compiles them and uploads the model. */
  static TornadoEngine open(
      ModelWeights weights,
      EngineOptions options,
      TornadoSettings settings,
      TornadoDevices devices,
      Progress progress)
      throws EngineException {
    FormChoice choice = new FormChoice(options.settings().implementations(), devices.backend());
    KvLayout layout = Preflight.layout(weights, options);
    int pages = layout.pagesFor(options.cacheTokens());
    TornadoDevices.Device first = devices.first();
    Preflight.check(weights, layout, pages, first.name(), first.memoryBytes(), settings);
    long allowed = HostMemory.allowedBytes();
    Preflight.checkHost(weights, layout, pages, allowed);
    long bytes = Preflight.weightBytes(weights);
    try (Progress.Task task = progress.begin("upload weights", Progress.Unit.BYTES, bytes)) {
      ModelArrays model = ModelArrays.of(weights, task);
      ModelConfig config = weights.config();
      StepArrays step = new StepArrays(config, model, pages, options.cacheTokens());
      List<IntArray> caches = caches(config.layers(), layout, pages);
      TokenTasks tasks =
          new TokenTasks(weights, model, step, layout, choice, new HandTasks(first.computeUnits()));
      TokenGraphs graphs =
          TokenGraphs.build(tasks, step, caches, layout, devices.backend(), settings.cudaGraphs());
      prepare(graphs);
      PagedCache cache = new PagedCache(graphs, layout, config.layers(), pages);
      long memory = bytes + cache.pages() * cache.pageBytes();
      String device =
          "%s; %d tasks in %d graphs"
              .formatted(devices.describe(), graphs.tasks(), graphs.graphs());
      return new TornadoEngine(config, device, options.maxRows(), memory, step, graphs, cache);
    } catch (OutOfMemoryError e) {
      throw Preflight.hostRefusal(Preflight.hostBytes(weights, layout, pages), allowed, e);
    } catch (IllegalArgumentException e) {
      throw new EngineException(
          "the TornadoVM engine has no kernel for this model: "
              + e.getMessage()
              + ". Use another engine, or requantise the model to Q4_K, Q6_K or Q8_0.",
          e);
    }
  }

  private static void prepare(TokenGraphs graphs) throws EngineException {
    boolean prepared = false;
    try {
      DriverErrors.check(graphs::prepare);
      prepared = true;
    } finally {
      if (!prepared) {
        graphs.close();
      }
    }
  }

  private static List<IntArray> caches(int layers, KvLayout layout, int pages)
      throws EngineException {
    long ints = pages * layout.pageBytes() / Integer.BYTES;
    if (ints > Integer.MAX_VALUE - 8) {
      throw new EngineException(
          "a layer's cache has %d ints, TornadoVM's arrays hold %d; choose a smaller context"
              .formatted(ints, Integer.MAX_VALUE - 8));
    }
    List<IntArray> caches = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      IntArray cache = new IntArray((int) ints);
      cache.getSegment().fill((byte) 0);
      caches.add(cache);
    }
    return caches;
  }

  @Override
  public String name() {
    return TornadoEngineProvider.NAME;
  }

  @Override
  public String device() {
    return device;
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
    check(batch, logits);
    Rows rows = batch.rows();
    int wanted = 0;
    for (int row = 0; row < rows.count(); row++) {
      tell(batch.tokens()[row], rows.positions()[row], rows.pageTables()[rows.sequences()[row]]);
      graphs.runLayers();
      if (wanted < batch.logitRows().length && batch.logitRows()[wanted] == row) {
        graphs.runHeadAndReadLogits();
        copyLogits(logits, wanted * vocabulary());
        wanted++;
      }
    }
  }

  private void copyLogits(float[] target, int at) {
    MemorySegment.copy(
        step.logits.getSegment(), ValueLayout.JAVA_FLOAT, 0, target, at, vocabulary());
  }

  private void tell(int token, int position, int[] table) {
    step.tokens.set(0, token);
    step.positions.set(0, position);
    int used = Math.min(table.length, position / cache.layout().pageTokens() + 1);
    MemorySegment.copy(table, 0, step.tables.getSegment(), ValueLayout.JAVA_INT, 0, used);
  }

  private void check(Batch batch, float[] logits) {
    Rows rows = batch.rows();
    if (rows.count() > maxRows) {
      throw new IllegalArgumentException(
          "batch has " + rows.count() + " rows, expected at most " + maxRows);
    }
    if (logits.length != (long) batch.logitRows().length * vocabulary()) {
      throw new IllegalArgumentException(
          "logits has %d elements, expected %d rows of %d"
              .formatted(logits.length, batch.logitRows().length, vocabulary()));
    }
    for (int row = 0; row < rows.count(); row++) {
      checkRow(
          batch.tokens()[row], rows.positions()[row], rows.pageTables()[rows.sequences()[row]]);
    }
  }

  private void checkRow(int token, int position, int[] table) {
    if (token < 0 || token >= vocabulary()) {
      throw new IllegalArgumentException(
          "token is " + token + ", expected 0 to " + (vocabulary() - 1));
    }
    int needed = position / cache.layout().pageTokens() + 1;
    if (position < 0 || needed > table.length || needed > cache.pages()) {
      throw new IllegalArgumentException(
          "position %d needs %d pages, its table has %d and the cache %d"
              .formatted(position, needed, table.length, cache.pages()));
    }
    for (int i = 0; i < needed; i++) {
      if (table[i] < 0 || table[i] >= cache.pages()) {
        throw new IllegalArgumentException(
            "page %d is %d, expected 0 to %d".formatted(i, table[i], cache.pages() - 1));
      }
    }
  }

  @Override
  public Optional<DeviceDecoder> deviceDecoder() {
    return Optional.of(decoder);
  }

  /** Decoding of which only the token's id comes back to the host. */
  private final class Decoder implements DeviceDecoder {
    @Override
    public boolean supports(SamplingParameters parameters) {
      return SampleOp.isSupported(parameters, vocabulary());
    }

    @Override
    public int[] decode(DecodeRequest request) throws EngineException {
      checkOpen();
      int[] drawn = new int[request.count()];
      int token = request.token();
      for (int i = 0; i < drawn.length; i++) {
        int position = request.position() + i;
        checkRow(token, position, request.pageTable());
        tell(token, position, request.pageTable());
        graphs.runLayers();
        token = next(request, drawn, i);
        drawn[i] = token;
        if (isStop(token, request.stopTokens())) {
          return Arrays.copyOf(drawn, i + 1);
        }
      }
      return drawn;
    }

    private int next(DecodeRequest request, int[] drawn, int count) throws EngineException {
      SamplingParameters parameters = request.parameters();
      if (parameters.plainGreedy()) {
        graphs.runHead();
        return step.next.get(0);
      }
      StepArrays.Drawing drawing = step.drawing.orElseThrow();
      int[] recent = recent(request, drawn, count);
      long draw = request.draws() + count;
      if (drawing.chances().set(0, parameters, vocabulary(), recent, draw)) {
        graphs.runHead();
        graphs.runDraw();
        int token = drawing.token().get(0);
        if (token >= 0) {
          return token;
        }
      }
      return drawnByHost(parameters, recent, draw);
    }

    /** Also says what is wrong with logits that no token can be drawn from. */
    private int drawnByHost(SamplingParameters parameters, int[] recent, long draw)
        throws EngineException {
      graphs.runHeadAndReadLogits();
      float[] logits = new float[vocabulary()];
      copyLogits(logits, 0);
      return new Sampler(parameters, vocabulary()).sample(logits, 0, History.of(recent), draw);
    }

    private static int[] recent(DecodeRequest request, int[] drawn, int count) {
      if (request.parameters().lookBack() == 0) {
        return new int[0];
      }
      int before = request.recent().length;
      int[] recent = Arrays.copyOf(request.recent(), before + count);
      System.arraycopy(drawn, 0, recent, before, count);
      return recent;
    }

    private static boolean isStop(int token, int[] stops) {
      return Arrays.stream(stops).anyMatch(stop -> stop == token);
    }
  }

  @Override
  public long memoryBytes() {
    checkOpen();
    return memoryBytes;
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
      graphs.close();
    }
  }
}
