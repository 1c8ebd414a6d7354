package io.firesteel.bench.op;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockCodec;
import io.firesteel.model.kv.KvCodec;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnIn.Projection;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.KvPool;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Rope;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.ops.Sample;
import io.firesteel.model.ops.WeightMatrix;
import io.firesteel.model.sampling.SamplingParameters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Makes the call of a case, with seeded random operands: the same each time. A row is a sequence of
 * its own, as in batched decoding. Large weight matrices repeat a stretch of random blocks, which
 * costs a device the same.
 */
final class OpOperands {
  private static final long SEED = 4_711;
  private static final int ALIGNMENT = 64;
  private static final int STRETCH = 1 << 16;
  private static final int PAGE_TOKENS = 64;
  private static final float EPSILON = 1e-6f;
  private static final double WEIGHT_DEVIATION = 0.02;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final OpCase wanted;
  private final ModelShape shape;
  private final Arena arena;

  private OpOperands(OpCase wanted, Arena arena) {
    this.wanted = wanted;
    this.shape = wanted.shape();
    this.arena = arena;
  }

  /**
   * The call of a case.
   *
   * @param arena holds weights and cache
   */
  static OpCall of(OpCase wanted, Arena arena) {
    return new OpOperands(wanted, arena).call();
  }

  private OpCall call() {
    return switch (wanted.op()) {
      case EMBED -> embed();
      case ATTN_IN -> attnIn();
      case ROPE_KV -> ropeKv();
      case ATTENTION -> attention();
      case ATTN_OUT -> attnOut();
      case ROUTER -> router();
      case EXPERT_IN -> expertIn();
      case EXPERT_OUT -> expertOut();
      case LOGITS -> logits();
      case SAMPLE -> sample();
    };
  }

  private Embed embed() {
    int[] tokens = random.ints(rows(), 0, shape.vocabulary()).toArray();
    return new Embed(
        matrix(shape.vocabulary(), shape.hidden()), tokens, new float[rows() * shape.hidden()]);
  }

  private AttnIn attnIn() {
    Heads heads = shape.heads();
    return new AttnIn(
        normal(rows() * shape.hidden()),
        norm(shape.hidden()),
        new Projection(matrix(heads.queryWidth(), shape.hidden())),
        new Projection(matrix(heads.keyValueWidth(), shape.hidden())),
        new Projection(matrix(heads.keyValueWidth(), shape.hidden())),
        new float[rows() * heads.queryWidth()],
        new float[rows() * heads.keyValueWidth()],
        new float[rows() * heads.keyValueWidth()]);
  }

  private RopeKv ropeKv() {
    Heads heads = shape.heads();
    return new RopeKv(
        heads,
        normal(rows() * heads.queryWidth()),
        normal(rows() * heads.keyValueWidth()),
        normal(rows() * heads.keyValueWidth()),
        norm(heads.size()),
        norm(heads.size()),
        new Rope(Rope.Pairing.NEOX, frequencies(heads.size() / 2), 1),
        places(),
        cache());
  }

  private Attention attention() {
    Heads heads = shape.heads();
    float[] q = normal(rows() * heads.queryWidth());
    float scale = (float) (1 / Math.sqrt(heads.size()));
    return new Attention(heads, q, cache(), places(), scale, 0, new float[q.length]);
  }

  private AttnOut attnOut() {
    int columns = shape.heads().queryWidth();
    return new AttnOut(
        normal(rows() * columns),
        new Projection(matrix(shape.hidden(), columns)),
        normal(rows() * shape.hidden()));
  }

  private Router router() {
    Gating gating =
        new Gating(Gating.Score.SOFTMAX, shape.active(), Gating.Weighting.NORMALIZED, 1);
    int chosen = rows() * shape.active();
    return new Router(
        normal(rows() * shape.hidden()),
        norm(shape.hidden()),
        matrix(shape.experts(), shape.hidden()),
        gating,
        new int[chosen],
        new float[chosen]);
  }

  private ExpertIn expertIn() {
    return new ExpertIn(
        normal(rows() * shape.hidden()),
        norm(shape.hidden()),
        chosen(),
        experts(shape.width(), shape.hidden()),
        experts(shape.width(), shape.hidden()),
        new float[rows() * shape.active() * shape.width()]);
  }

  private ExpertOut expertOut() {
    int chosen = rows() * shape.active();
    float[] weights = new float[chosen];
    Arrays.fill(weights, 1f / shape.active());
    return new ExpertOut(
        normal(chosen * shape.width()),
        chosen(),
        weights,
        experts(shape.hidden(), shape.width()),
        normal(rows() * shape.hidden()));
  }

  private Logits logits() {
    return new Logits(
        normal(rows() * shape.hidden()),
        norm(shape.hidden()),
        matrix(shape.vocabulary(), shape.hidden()),
        new float[rows() * shape.vocabulary()]);
  }

  private Sample sample() {
    return new Sample(
        normal(rows() * shape.vocabulary()),
        SamplingParameters.DEFAULT,
        new int[rows()][0],
        new long[rows()],
        new int[rows()]);
  }

  private int rows() {
    return wanted.rows();
  }

  private int[] chosen() {
    int[] chosen = new int[rows() * shape.active()];
    for (int row = 0; row < rows(); row++) {
      int[] all = IntStream.range(0, shape.experts()).toArray();
      for (int i = 0; i < shape.active(); i++) {
        int other = i + random.nextInt(all.length - i);
        chosen[row * shape.active() + i] = all[other];
        all[other] = all[i];
      }
    }
    return chosen;
  }

  /** Each row is at the position after its sequence's context. */
  private Rows places() {
    int pages = Math.ceilDiv(wanted.context() + 1, PAGE_TOKENS);
    int[][] tables = new int[rows()][];
    for (int row = 0; row < rows(); row++) {
      int first = row * pages;
      tables[row] = IntStream.range(first, first + pages).toArray();
    }
    int[] positions = new int[rows()];
    Arrays.fill(positions, wanted.context());
    return new Rows(IntStream.range(0, rows()).toArray(), positions, tables);
  }

  private KvPool cache() {
    Heads heads = shape.heads();
    KvFormat format = KvFormat.valueOf(wanted.type());
    KvLayout layout = new KvLayout(format, heads.keyValues(), heads.size(), PAGE_TOKENS);
    int pages = rows() * Math.ceilDiv(wanted.context() + 1, PAGE_TOKENS);
    MemorySegment data = arena.allocate(pages * layout.pageBytes(), ALIGNMENT);
    MemorySegment first = data.asSlice(0, layout.pageBytes());
    KvCodec codec = new KvCodec(layout);
    for (int slot = 0; slot < PAGE_TOKENS; slot++) {
      for (int head = 0; head < heads.keyValues(); head++) {
        codec.writeKey(first, head, slot, normal(heads.size()), 0);
        codec.writeValue(first, head, slot, normal(heads.size()), 0);
      }
    }
    for (int page = 1; page < pages; page++) {
      MemorySegment.copy(first, 0, data, page * layout.pageBytes(), layout.pageBytes());
    }
    return new KvPool(layout, data);
  }

  private WeightMatrix matrix(int rows, int columns) {
    return new WeightMatrix(type(), rows, columns, blocks((long) rows * columns));
  }

  private ExpertMatrix experts(int rows, int columns) {
    int experts = shape.experts();
    return new ExpertMatrix(
        type(), experts, rows, columns, blocks((long) experts * rows * columns));
  }

  private TensorType type() {
    return TensorType.valueOf(wanted.type());
  }

  private MemorySegment blocks(long elements) {
    TensorType type = type();
    int stretch = (int) Math.min(STRETCH, elements);
    float[] values = new float[stretch];
    for (int i = 0; i < stretch; i++) {
      values[i] = (float) (random.nextGaussian() * WEIGHT_DEVIATION);
    }
    MemorySegment data = arena.allocate(type.bytes(elements), ALIGNMENT);
    BlockCodec.of(type).quantise(values, 0, stretch, data, 0);
    long bytes = type.bytes(stretch);
    for (long at = bytes; at < data.byteSize(); at += bytes) {
      MemorySegment.copy(data, 0, data, at, Math.min(bytes, data.byteSize() - at));
    }
    return data;
  }

  private float[] normal(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private Norm norm(int size) {
    float[] weight = new float[size];
    for (int i = 0; i < size; i++) {
      weight[i] = 0.5f + random.nextFloat();
    }
    return new Norm(weight, EPSILON);
  }

  private static float[] frequencies(int pairs) {
    float[] frequencies = new float[pairs];
    for (int i = 0; i < pairs; i++) {
      frequencies[i] = (float) Math.pow(1e6, -(double) i / pairs);
    }
    return frequencies;
  }
}
