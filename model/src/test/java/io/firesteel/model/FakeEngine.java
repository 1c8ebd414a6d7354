package io.firesteel.model;

import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.engine.DeviceDecoder;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.KvStorage;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.sampling.TokenMask;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine whose logits are a hash of all tokens of the sequence, read back from its pages: a page
 * that is lost, shared wrongly or written too late changes every token from then on.
 */
final class FakeEngine implements Engine, KvStorage {
  static final int LAYERS = 2;

  private final KvLayout layout;
  private final int pages;
  private final int vocabulary;
  private final int maxRows;
  private final boolean decodesOnDevice;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  /** Rows of each step. */
  final List<Integer> steps = Collections.synchronizedList(new ArrayList<>());

  /** Tokens drawn on the device. */
  final AtomicInteger drawnOnDevice = new AtomicInteger();

  /** Runs before each step, on the engine's thread. */
  volatile Hook beforeStep = () -> {};

  /** A token that makes its step fail; negative for none. */
  volatile int poison = -1;

  /** Whether the engine may be called on any thread, one at a time. */
  volatile boolean runsOnAnyThread;

  /** The threads that called it. */
  final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  volatile boolean closed;
  private final AtomicInteger calls = new AtomicInteger();
  private Thread thread;

  interface Hook {
    void run() throws EngineException;
  }

  FakeEngine(int pages, int pageTokens, int vocabulary, int maxRows, boolean decodesOnDevice) {
    this(
        new KvLayout(KvFormat.F16, 2, 32, pageTokens), pages, vocabulary, maxRows, decodesOnDevice);
  }

  FakeEngine(KvLayout layout, int pages, int vocabulary, int maxRows, boolean decodesOnDevice) {
    this.layout = layout;
    this.pages = pages;
    this.vocabulary = vocabulary;
    this.maxRows = maxRows;
    this.decodesOnDevice = decodesOnDevice;
    this.memory = arena.allocate(pages * pageBytes());
    memory.fill((byte) 0x55);
  }

  static FakeEngine small() {
    return new FakeEngine(64, 8, 100, 32, false);
  }

  static FakeEngine small1000() {
    return new FakeEngine(1000, 8, 100, 512, false);
  }

  private void onOneThread() {
    if (thread == null) {
      thread = Thread.currentThread();
    }
    threads.add(Thread.currentThread());
    if (!runsOnAnyThread && thread != Thread.currentThread()) {
      throw new AssertionError("the engine was used on two threads");
    }
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  /** Fails if another call is under way. */
  private void alone(Runnable call) {
    if (calls.incrementAndGet() != 1) {
      throw new AssertionError("the engine was used by two threads at once");
    }
    try {
      call.run();
    } finally {
      calls.decrementAndGet();
    }
  }

  @Override
  public boolean runsOnAnyThread() {
    return runsOnAnyThread;
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public String device() {
    return "no device";
  }

  @Override
  public KvStorage kv() {
    return this;
  }

  @Override
  public int maxRows() {
    return maxRows;
  }

  @Override
  public int vocabulary() {
    return vocabulary;
  }

  @Override
  public long memoryBytes() {
    return memory.byteSize();
  }

  @Override
  public void forward(Batch batch, float[] logits) throws EngineException {
    onOneThread();
    beforeStep.run();
    steps.add(batch.tokens().length);
    if (batch.tokens().length > maxRows) {
      throw new AssertionError("a step of " + batch.tokens().length + " rows");
    }
    if (logits.length != batch.logitRows().length * vocabulary) {
      throw new AssertionError("room for " + logits.length + " logits");
    }
    if (Arrays.stream(batch.tokens()).anyMatch(token -> token == poison)) {
      throw new IllegalArgumentException("token " + poison + " is poison");
    }
    alone(() -> compute(batch, logits));
  }

  private void compute(Batch batch, float[] logits) {
    Rows rows = batch.rows();
    for (int r = 0; r < rows.count(); r++) {
      int[] table = rows.pageTables()[rows.sequences()[r]];
      append(table, rows.positions()[r], batch.tokens()[r]);
    }
    for (int i = 0; i < batch.logitRows().length; i++) {
      int row = batch.logitRows()[i];
      compute(
          rows.pageTables()[rows.sequences()[row]], rows.positions()[row], logits, i * vocabulary);
    }
  }

  private void append(int[] table, int position, int token) {
    for (int layer = 0; layer < LAYERS; layer++) {
      memory.set(ValueLayout.JAVA_INT_UNALIGNED, slot(table, position, layer, true), token);
      memory.set(ValueLayout.JAVA_INT_UNALIGNED, slot(table, position, layer, false), ~token);
    }
  }

  private long slot(int[] table, int position, int layer, boolean key) {
    int page = table[position / layout.pageTokens()];
    int slot = position % layout.pageTokens();
    long inPage = key ? layout.keyOffset(1, slot) : layout.valueOffset(0, slot);
    return page * pageBytes() + layer * layout.pageBytes() + inPage;
  }

  private void compute(int[] table, int position, float[] logits, int offset) {
    long hash = 1;
    for (int p = 0; p <= position; p++) {
      for (int layer = 0; layer < LAYERS; layer++) {
        int key = memory.get(ValueLayout.JAVA_INT_UNALIGNED, slot(table, p, layer, true));
        int value = memory.get(ValueLayout.JAVA_INT_UNALIGNED, slot(table, p, layer, false));
        if (value != ~key) {
          throw new AssertionError("position " + p + " holds no token");
        }
        hash = hash * 0x9E3779B97F4A7C15L + key;
        hash ^= hash >>> 29;
      }
    }
    SplittableRandom random = new SplittableRandom(hash);
    for (int i = 0; i < vocabulary; i++) {
      logits[offset + i] = (float) (6 * random.nextDouble());
    }
  }

  @Override
  public Optional<DeviceDecoder> deviceDecoder() {
    return decodesOnDevice ? Optional.of(new Decoder()) : Optional.empty();
  }

  private final class Decoder implements DeviceDecoder {
    @Override
    public boolean supports(SamplingParameters parameters) {
      return !parameters.penalties().active();
    }

    @Override
    public int[] decode(DecodeRequest request) throws EngineException {
      onOneThread();
      beforeStep.run();
      Sampler sampler = new Sampler(request.parameters(), vocabulary);
      float[] logits = new float[vocabulary];
      List<Integer> drawn = new ArrayList<>();
      int token = request.token();
      for (int i = 0; i < request.count(); i++) {
        append(request.pageTable(), request.position() + i, token);
        compute(request.pageTable(), request.position() + i, logits, 0);
        token = sampler.sample(logits, 0, History.of(request.recent()), request.draws() + i);
        drawn.add(token);
        if (Arrays.stream(request.stopTokens()).anyMatch(drawn.getLast()::equals)) {
          break;
        }
      }
      drawnOnDevice.addAndGet(drawn.size());
      return drawn.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public boolean supportsMasks() {
      return true;
    }

    @Override
    public int decode(DecodeRequest request, TokenMask allowed) throws EngineException {
      onOneThread();
      beforeStep.run();
      float[] logits = new float[vocabulary];
      append(request.pageTable(), request.position(), request.token());
      compute(request.pageTable(), request.position(), logits, 0);
      int token =
          new Sampler(request.parameters(), vocabulary)
              .sample(logits, 0, History.of(request.recent()), request.draws(), allowed);
      if (request.count() > 1) {
        append(request.pageTable(), request.position() + 1, token);
      }
      drawnOnDevice.incrementAndGet();
      return token;
    }
  }

  @Override
  public void close() {
    closed = true;
    arena.close();
  }

  @Override
  public KvLayout layout() {
    return layout;
  }

  @Override
  public int layers() {
    return LAYERS;
  }

  @Override
  public int pages() {
    return pages;
  }

  private MemorySegment page(int page) {
    return memory.asSlice(page * pageBytes(), pageBytes());
  }

  @Override
  public void copy(int from, int to) {
    onOneThread();
    alone(() -> page(to).copyFrom(page(from)));
  }

  @Override
  public void read(int page, MemorySegment target) {
    onOneThread();
    alone(() -> target.copyFrom(page(page)));
  }

  @Override
  public void write(int page, MemorySegment source) {
    onOneThread();
    alone(() -> page(page).copyFrom(source));
  }
}
