package io.firesteel.tornado.kernels;

import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
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
import io.firesteel.tornado.kernels.RopeKvOp.HeadNorm;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * An op on given TornadoVM arrays, whichever kernel computes it. Numbers of rows follow from the
 * lengths of the arrays; lengths that do not fit together are refused with the op's name, what was
 * found and what was expected. Scratch memory comes with the tasks.
 */
public final class ArrayOp {
  private static final Set<String> BIASES = Set.of("bias", "bq", "bk", "bv");

  private final OpCall shape;
  private final Supplier<List<KernelTask>> java;
  private final Map<String, TornadoNativeArray> operands = new HashMap<>();

  private ArrayOp(String name, Supplier<? extends OpCall> shape, Supplier<List<KernelTask>> java) {
    try {
      this.shape = shape.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
    this.java = java;
  }

  /** Types and shapes, as a call whose arrays hold nothing. */
  public OpCall shape() {
    return shape;
  }

  /** All arrays by the names of the op's record, biases as {@code bias}, {@code bq} and so on. */
  public Map<String, TornadoNativeArray> operands() {
    return Map.copyOf(operands);
  }

  /** The arrays that the caller gave, but for biases. */
  public Set<TornadoNativeArray> given() {
    return operands.entrySet().stream()
        .filter(operand -> !BIASES.contains(operand.getKey()))
        .map(Map.Entry::getValue)
        .collect(Collectors.toSet());
  }

  /**
   * The launches of Java kernels, with scratch of their own.
   *
   * @throws IllegalArgumentException if there are none for the types and shapes
   */
  public List<KernelTask> tasks() {
    if (!BoundOp.isSupported(shape)) {
      throw new IllegalArgumentException(
          "there are no Java kernels for the types and shapes of this " + shape.op().label());
    }
    return java.get();
  }

  /**
   * Token ids to rows of a table.
   *
   * @param tokens token id of each row
   * @param x output, {@code rows * table.columns()}
   */
  public static ArrayOp embed(Weights table, IntArray tokens, FloatArray x) {
    int rows = tokens.getSize();
    return new ArrayOp(
            "embed",
            () -> new Embed(matrix(table), new int[rows], like(x)),
            () -> EmbedOp.tasks(table, tokens, x, rows))
        .with("table", table.data())
        .with("tokens", tokens)
        .with("x", x);
  }

  /**
   * RMSNorm, then the query, key and value projections.
   *
   * @param x hidden state, {@code rows * hidden}
   * @param norm factors of the norm, {@code hidden}
   * @param q output, {@code rows * query.weights().rows()}; {@code k} and {@code v} likewise
   */
  public static ArrayOp attnIn(
      FloatArray x,
      FloatArray norm,
      float epsilon,
      Projection query,
      Projection key,
      Projection value,
      FloatArray q,
      FloatArray k,
      FloatArray v) {
    int rows = x.getSize() / query.weights().columns();
    return new ArrayOp(
            "attn_in",
            () ->
                new AttnIn(
                    like(x),
                    norm(norm, epsilon),
                    projection(query),
                    projection(key),
                    projection(value),
                    like(q),
                    like(k),
                    like(v)),
            () -> {
              Activations normed = Activations.ofSize(x.getSize());
              return AttnInOp.tasks(x, norm, epsilon, normed, query, key, value, q, k, v, rows);
            })
        .with("x", x)
        .with("norm", norm)
        .with("query", query.weights().data())
        .with("bq", query.bias())
        .with("key", key.weights().data())
        .with("bk", key.bias())
        .with("value", value.weights().data())
        .with("bv", value.bias())
        .with("q", q)
        .with("k", k)
        .with("v", v);
  }

  /**
   * Norms of heads where the model has them, rotation of queries and keys, append to the cache.
   *
   * @param q queries, {@code rows * heads.queryWidth()}; normed and rotated in place
   * @param k keys, {@code rows * heads.keyValueWidth()}; overwritten
   * @param v values, likewise
   * @param cache the layer's pages, and sequence and position of each row
   */
  public static ArrayOp ropeKv(
      Heads heads,
      FloatArray q,
      FloatArray k,
      FloatArray v,
      Optional<HeadNorm> queryNorm,
      Optional<HeadNorm> keyNorm,
      RopeArrays rope,
      KvArrays cache) {
    int rows = cache.positions().getSize();
    ArrayOp op =
        new ArrayOp(
            "rope_kv",
            () ->
                new RopeKv(
                    heads,
                    like(q),
                    like(k),
                    like(v),
                    headNorm(queryNorm),
                    headNorm(keyNorm),
                    new Rope(rope.pairing(), like(rope.frequencies()), rope.magnitude()),
                    rows(cache),
                    pool(cache)),
            () -> RopeKvOp.tasks(heads, q, k, v, queryNorm, keyNorm, rope, cache, rows));
    queryNorm.ifPresent(norm -> op.with("q_norm", norm.weight()));
    keyNorm.ifPresent(norm -> op.with("k_norm", norm.weight()));
    return op.with("q", q)
        .with("k", k)
        .with("v", v)
        .with("frequencies", rope.frequencies())
        .with(cache);
  }

  /**
   * Flash-decode over the cache.
   *
   * @param q rotated queries, {@code rows * heads.queryWidth()}
   * @param cache the layer's pages, and sequence and position of each row
   * @param scale factor on the scores, usually {@code 1 / sqrt(heads.size())}
   * @param window number of latest positions that are seen, or 0 for all
   * @param out output, as long as q
   */
  public static ArrayOp attention(
      Heads heads, FloatArray q, KvArrays cache, float scale, int window, FloatArray out) {
    int context = cache.tableStride() * cache.layout().pageTokens();
    int splits = AttentionOp.splits(heads, cache.positions().getSize(), context);
    return attention(heads, q, cache, scale, window, out, splits);
  }

  /** With a given number of splits. */
  static ArrayOp attention(
      Heads heads,
      FloatArray q,
      KvArrays cache,
      float scale,
      int window,
      FloatArray out,
      int splits) {
    int rows = cache.positions().getSize();
    return new ArrayOp(
            "attention",
            () -> new Attention(heads, like(q), pool(cache), rows(cache), scale, window, like(out)),
            () -> {
              FloatArray partials = new FloatArray(AttentionOp.partials(heads, rows, splits));
              return AttentionOp.tasks(heads, q, cache, scale, window, partials, out, rows, splits);
            })
        .with("q", q)
        .with("out", out)
        .with(cache);
  }

  /**
   * Output projection added to the hidden state.
   *
   * @param attention attention output, {@code rows * output.weights().columns()}
   * @param x hidden state, {@code rows * hidden}; added to in place
   */
  public static ArrayOp attnOut(FloatArray attention, Projection output, FloatArray x) {
    int rows = attention.getSize() / output.weights().columns();
    return new ArrayOp(
            "attn_out",
            () -> new AttnOut(like(attention), projection(output), like(x)),
            () -> AttnOutOp.tasks(Activations.of(attention), output, x, rows))
        .with("attention", attention)
        .with("output", output.weights().data())
        .with("bias", output.bias())
        .with("x", x);
  }

  /**
   * RMSNorm, gate outputs, choice of experts.
   *
   * @param x hidden state, {@code rows * hidden}
   * @param norm factors of the norm, {@code hidden}
   * @param gate one row for each expert, F32 or F16: {@link Weights#widened} makes it from any type
   * @param experts output, {@code rows * gating.active()} ids by falling score
   * @param weights output, as many weights
   */
  public static ArrayOp router(
      FloatArray x,
      FloatArray norm,
      float epsilon,
      Weights gate,
      Gating gating,
      IntArray experts,
      FloatArray weights) {
    int rows = x.getSize() / gate.columns();
    return new ArrayOp(
            "router",
            () ->
                new Router(
                    like(x),
                    norm(norm, epsilon),
                    matrix(gate),
                    gating,
                    new int[experts.getSize()],
                    like(weights)),
            () ->
                RouterOp.tasks(
                    x,
                    norm,
                    epsilon,
                    Activations.ofSize(x.getSize()),
                    Projection.of(gate),
                    new FloatArray(rows * gate.rows()),
                    gating,
                    experts,
                    weights,
                    rows))
        .with("x", x)
        .with("norm", norm)
        .with("gate", gate.data())
        .with("experts", experts)
        .with("weights", weights);
  }

  /**
   * RMSNorm, gate and up projections of the chosen experts, SwiGLU.
   *
   * @param x hidden state, {@code rows * hidden}
   * @param norm factors of the norm, {@code hidden}
   * @param experts chosen experts, {@code rows * active} ids; all 0 for a dense layer
   * @param activations output, {@code rows * active * gate.rows()}
   */
  public static ArrayOp expertIn(
      FloatArray x,
      FloatArray norm,
      float epsilon,
      IntArray experts,
      Weights gate,
      Weights up,
      FloatArray activations) {
    int rows = x.getSize() / gate.columns();
    return new ArrayOp(
            "expert_in",
            () ->
                new ExpertIn(
                    like(x),
                    norm(norm, epsilon),
                    new int[experts.getSize()],
                    experts(gate),
                    experts(up),
                    like(activations)),
            () ->
                ExpertInOp.tasks(
                    x,
                    norm,
                    epsilon,
                    Activations.ofSize(x.getSize()),
                    experts,
                    gate,
                    up,
                    activations,
                    rows,
                    experts.getSize() / rows))
        .with("x", x)
        .with("norm", norm)
        .with("experts", experts)
        .with("gate", gate.data())
        .with("up", up.data())
        .with("activations", activations);
  }

  /**
   * Down projections of the chosen experts, weighted and added to the hidden state.
   *
   * @param activations {@code rows * active * down.columns()} elements
   * @param experts chosen experts, {@code rows * active} ids; all 0 for a dense layer
   * @param weights their weights; all 1 for a dense layer
   * @param x hidden state, {@code rows * down.rows()}; added to in place
   */
  public static ArrayOp expertOut(
      FloatArray activations, IntArray experts, FloatArray weights, Weights down, FloatArray x) {
    int rows = x.getSize() / down.rows();
    return new ArrayOp(
            "expert_out",
            () ->
                new ExpertOut(
                    like(activations),
                    new int[experts.getSize()],
                    like(weights),
                    experts(down),
                    like(x)),
            () ->
                ExpertOutOp.tasks(
                    Activations.of(activations),
                    experts,
                    weights,
                    down,
                    x,
                    rows,
                    experts.getSize() / rows))
        .with("activations", activations)
        .with("experts", experts)
        .with("weights", weights)
        .with("down", down.data())
        .with("x", x);
  }

  /**
   * Final RMSNorm and output head; or any RMSNorm that a matrix follows.
   *
   * @param x hidden state, {@code rows * hidden}
   * @param norm factors of the norm, {@code hidden}
   * @param logits output, {@code rows * output.rows()}
   */
  public static ArrayOp logits(
      FloatArray x, FloatArray norm, float epsilon, Weights output, FloatArray logits) {
    int rows = x.getSize() / output.columns();
    return new ArrayOp(
            "logits",
            () -> new Logits(like(x), norm(norm, epsilon), matrix(output), like(logits)),
            () -> {
              Activations normed = Activations.ofSize(x.getSize());
              Projection head = Projection.of(output);
              return LogitsOp.tasks(x, norm, epsilon, normed, head, logits, rows);
            })
        .with("x", x)
        .with("norm", norm)
        .with("output", output.data())
        .with("logits", logits);
  }

  /**
   * The likeliest token of each row.
   *
   * @param logits {@code rows * vocabulary}
   * @param tokens output, one id for each row
   */
  public static ArrayOp sampleGreedy(FloatArray logits, IntArray tokens) {
    int rows = tokens.getSize();
    return sample(
        logits,
        tokens,
        SamplingParameters.GREEDY,
        vocabulary -> {
          SampleOp.Scratch scratch = SampleOp.Scratch.of(rows, vocabulary);
          return SampleOp.greedy(logits, scratch, tokens, rows, vocabulary);
        });
  }

  /**
   * A token drawn for each row.
   *
   * @param logits {@code rows * vocabulary}
   * @param chances how each row is drawn
   * @param tokens output, one id for each row; -1 where none can be drawn, because a logit is NaN
   *     or infinite or none is finite
   */
  public static ArrayOp sample(FloatArray logits, Chances chances, IntArray tokens) {
    int rows = tokens.getSize();
    return sample(
        logits,
        tokens,
        SamplingParameters.DEFAULT,
        vocabulary -> {
          SampleOp.DrawScratch scratch = SampleOp.DrawScratch.of(rows, vocabulary);
          return SampleOp.draw(logits, chances, scratch, tokens, rows, vocabulary);
        });
  }

  private static ArrayOp sample(
      FloatArray logits,
      IntArray tokens,
      SamplingParameters parameters,
      IntFunction<List<KernelTask>> tasks) {
    int rows = tokens.getSize();
    return new ArrayOp(
            "sample",
            () ->
                new Sample(
                    like(logits), parameters, new int[rows][0], new long[rows], new int[rows]),
            () -> tasks.apply(logits.getSize() / rows))
        .with("logits", logits)
        .with("tokens", tokens);
  }

  private ArrayOp with(String name, TornadoNativeArray array) {
    operands.put(name, array);
    return this;
  }

  private ArrayOp with(KvArrays cache) {
    return with("cache", cache.data())
        .with("tables", cache.tables())
        .with("sequences", cache.sequences())
        .with("positions", cache.positions());
  }

  private static float[] like(FloatArray array) {
    return new float[array.getSize()];
  }

  private static Norm norm(FloatArray weight, float epsilon) {
    return new Norm(like(weight), epsilon);
  }

  private static Norm headNorm(Optional<HeadNorm> norm) {
    return norm.map(n -> norm(n.weight(), n.epsilon())).orElse(new Norm(new float[0], 1));
  }

  private static AttnIn.Projection projection(Projection projection) {
    return new AttnIn.Projection(matrix(projection.weights()), like(projection.bias()));
  }

  private static WeightMatrix matrix(Weights w) {
    ExpertMatrix all = experts(w);
    return new WeightMatrix(w.type(), w.rows(), w.columns(), all.data());
  }

  private static ExpertMatrix experts(Weights w) {
    long bytes = w.type().bytes((long) w.experts() * w.rows() * w.columns());
    MemorySegment data = w.data().getSegment();
    boolean padded = Math.ceilDiv(bytes, (long) Integer.BYTES) * Integer.BYTES == data.byteSize();
    return new ExpertMatrix(
        w.type(), w.experts(), w.rows(), w.columns(), padded ? data.asSlice(0, bytes) : data);
  }

  private static KvPool pool(KvArrays cache) {
    return new KvPool(cache.layout(), cache.data().getSegment());
  }

  /**
   * Places as far as they are known: in each sequence the first position, all in the first page.
   */
  private static Rows rows(KvArrays cache) {
    int stride = cache.tableStride();
    return new Rows(
        new int[cache.sequences().getSize()],
        new int[cache.positions().getSize()],
        new int[cache.tables().getSize() / stride][stride]);
  }
}
