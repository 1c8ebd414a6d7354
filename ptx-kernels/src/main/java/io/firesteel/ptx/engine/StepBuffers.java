package io.firesteel.ptx.engine;

import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.Rows;
import io.firesteel.ptx.engine.DeviceWeights.Branch;
import io.firesteel.ptx.engine.DeviceWeights.Layer;
import io.firesteel.ptx.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * Device memory of a step: what the host tells it (tokens, places, page tables), activations and
 * the kernels' scratch, for up to {@code maxRows} rows.
 */
final class StepBuffers {
  private static final int TILE_WORDS = 4;

  private final EngineMemory memory;
  private final DeviceBuffer state;
  private final DeviceBuffer hidden;
  private final int maxRows;
  private final int tableStride;

  final long x;
  final long q;
  final long k;
  final long v;
  final long attention;
  final long partials;
  final long counters;
  final long scores;
  final long noExperts;
  final long ones;

  /** Of grouped experts: (row, rank) pairs by expert, their tiles, their number, their results. */
  final long order;

  final long tiles;
  final long tileCount;
  final long parts;

  /** Rows as half floats for the matrix unit, and the scale of each. */
  final long halves;

  final long rowScales;

  /** For each branch of a layer: chosen experts, their weights, activations. */
  final List<BranchBuffers> branches;

  private DeviceBuffer logits;
  private int logitRows;

  /** Addresses of what a branch needs. */
  record BranchBuffers(long experts, long weights, long activations) {}

  StepBuffers(
      EngineMemory memory,
      ModelConfig config,
      DeviceWeights weights,
      int maxRows,
      int tableStride,
      int multiprocessors) {
    this.memory = memory;
    this.maxRows = maxRows;
    this.tableStride = tableStride;
    Heads heads = config.heads();
    state = memory.zeros(Math.multiplyExact(maxRows, 3 + tableStride));
    hidden = memory.allocate((long) maxRows * config.hidden() * Float.BYTES);
    x = hidden.address();
    q = floats((long) maxRows * heads.queryWidth());
    k = floats((long) maxRows * heads.keyValueWidth());
    v = floats((long) maxRows * heads.keyValueWidth());
    attention = floats((long) maxRows * heads.queryWidth());
    partials = floats(largestPartials(heads, maxRows, multiprocessors));
    counters = memory.zeros(maxRows * Kernels.attentionSets(heads)).address();
    scores = floats((long) maxRows * largest(weights, b -> b.experts().count()));
    noExperts = memory.zeros(maxRows).address();
    ones = memory.floats(ones(maxRows));
    long pairs = maxRows * largest(weights, b -> b.chooser().gating().active());
    order = ints(pairs);
    tiles = ints(TILE_WORDS * (pairs + largest(weights, b -> b.experts().count())));
    tileCount = ints(1);
    parts = floats(pairs * config.hidden());
    long widest = Math.max(config.hidden(), heads.queryWidth());
    long inner = pairs * largest(weights, b -> b.experts().gate().rows());
    halves = memory.allocate(Math.max(maxRows * widest, inner) * Short.BYTES).address();
    rowScales = floats(Math.max(maxRows, pairs));
    branches =
        weights.layers().stream().mapToInt(layer -> layer.branches().size()).max().orElse(0) > 1
            ? List.of(branch(weights), branch(weights))
            : List.of(branch(weights));
  }

  private BranchBuffers branch(DeviceWeights weights) {
    long active = largest(weights, b -> b.chooser().gating().active());
    long activations =
        largest(weights, b -> b.chooser().gating().active() * b.experts().gate().rows());
    return new BranchBuffers(
        floats(maxRows * active), floats(maxRows * active), floats(maxRows * activations));
  }

  /** The arguments that name the tiles of grouped experts. */
  Map<String, Long> tileArguments() {
    return Map.of("order", order, "tiles", tiles, "count", tileCount);
  }

  private static long largest(
      DeviceWeights weights, java.util.function.ToIntFunction<Branch> size) {
    return weights.layers().stream()
        .map(Layer::branches)
        .flatMap(List::stream)
        .mapToInt(size)
        .max()
        .orElse(1);
  }

  private static long largestPartials(Heads heads, int maxRows, int multiprocessors) {
    long largest = 0;
    for (int rows = 1; rows <= maxRows; rows++) {
      int splits = Kernels.attentionSplits(heads, rows, multiprocessors);
      largest = Math.max(largest, Kernels.attentionPartials(heads, rows, splits));
    }
    return largest;
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }

  private long ints(long count) {
    return memory.allocate(count * Integer.BYTES).address();
  }

  private long floats(long count) {
    return memory.allocate(count * Float.BYTES).address();
  }

  long tokens() {
    return state.address();
  }

  long sequences() {
    return tokens() + (long) maxRows * Integer.BYTES;
  }

  long positions() {
    return sequences() + (long) maxRows * Integer.BYTES;
  }

  long tables() {
    return positions() + (long) maxRows * Integer.BYTES;
  }

  int tableStride() {
    return tableStride;
  }

  /** Tells the device what to compute, in one copy. */
  void tell(Batch batch) {
    Rows rows = batch.rows();
    int[] words = new int[3 * maxRows + rows.pageTables().length * tableStride];
    System.arraycopy(batch.tokens(), 0, words, 0, rows.count());
    System.arraycopy(rows.sequences(), 0, words, maxRows, rows.count());
    System.arraycopy(rows.positions(), 0, words, 2 * maxRows, rows.count());
    for (int s = 0; s < rows.pageTables().length; s++) {
      int[] table = rows.pageTables()[s];
      int used = Math.min(table.length, tableStride);
      System.arraycopy(table, 0, words, 3 * maxRows + s * tableStride, used);
    }
    state.write(0, MemorySegment.ofArray(words));
  }

  /** Copies hidden states of a step's rows, after everything queued is done. */
  void readHidden(int[] rows, int width, float[] states) {
    long rowBytes = (long) width * Float.BYTES;
    MemorySegment target = MemorySegment.ofArray(states);
    for (int i = 0; i < rows.length; i++) {
      hidden.read(rows[i] * rowBytes, target.asSlice(i * rowBytes, rowBytes));
    }
  }

  /** Memory for the logits of some rows; a larger one replaces what was there. */
  DeviceBuffer logits(int rows, int vocabulary) {
    if (rows > logitRows) {
      logits = memory.allocate((long) rows * vocabulary * Float.BYTES);
      logitRows = rows;
    }
    return logits;
  }
}
