package io.firesteel.tornado.tune;

import io.firesteel.model.arch.FeedForward;
import io.firesteel.model.arch.LayerWeights;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.KvPool;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Rows;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The calls of a token's way through a model, with the model's own weights: one for each op, types
 * and shape, and how often a token makes it.
 */
public final class ModelCalls {
  private static final long SEED = 5;

  private final ModelWeights weights;
  private final ModelConfig config;
  private final Rows place;
  private final KvPool pool;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Map<String, CallShape> shapes = new LinkedHashMap<>();

  private ModelCalls(ModelWeights weights, KvLayout layout, int context) {
    this.weights = weights;
    this.config = weights.config();
    int pages = layout.pagesFor(context);
    int[] table = IntStream.range(0, pages).toArray();
    this.place = new Rows(new int[1], new int[] {context - 1}, new int[][] {table});
    byte[] cache = new byte[Math.toIntExact(pages * layout.pageBytes())];
    this.pool = new KvPool(layout, MemorySegment.ofArray(cache));
  }

  /**
   * The calls of one token.
   *
   * @param layout of the cache
   * @param context positions in the cache, the token's own among them, at least 1
   */
  public static List<CallShape> of(ModelWeights weights, KvLayout layout, int context) {
    ModelCalls calls = new ModelCalls(weights, layout, context);
    calls.collect();
    return List.copyOf(calls.shapes.values());
  }

  private void collect() {
    add(new Embed(weights.embedding(), new int[1], new float[config.hidden()]));
    for (LayerWeights layer : weights.layers()) {
      attention(layer);
      switch (layer.feedForward()) {
        case FeedForward.Dense dense -> experts(dense.norm(), dense.experts(), 1);
        case FeedForward.Mixture mixture -> mixture(mixture);
      }
    }
    add(
        new Logits(
            floats(config.hidden()),
            weights.outputNorm(),
            weights.output(),
            new float[config.vocabulary()]));
  }

  private void attention(LayerWeights layer) {
    Heads heads = config.heads();
    int hidden = config.hidden();
    int keyValue = heads.keyValueWidth();
    add(
        new AttnIn(
            floats(hidden),
            layer.attentionNorm(),
            layer.query(),
            layer.key(),
            layer.value(),
            new float[heads.queryWidth()],
            new float[keyValue],
            new float[keyValue]));
    add(
        new RopeKv(
            heads,
            floats(heads.queryWidth()),
            floats(keyValue),
            floats(keyValue),
            layer.queryNorm(),
            layer.keyNorm(),
            config.rope(),
            place,
            pool));
    add(
        new Attention(
            heads,
            floats(heads.queryWidth()),
            pool,
            place,
            config.attentionScale(),
            config.window(),
            new float[heads.queryWidth()]));
    add(new AttnOut(floats(heads.queryWidth()), layer.attentionOutput(), floats(hidden)));
  }

  private void mixture(FeedForward.Mixture mixture) {
    int active = mixture.gating().active();
    add(
        new Router(
            floats(config.hidden()),
            mixture.norm(),
            mixture.router(),
            mixture.gating(),
            new int[active],
            new float[active]));
    experts(mixture.norm(), mixture.experts(), active);
    mixture.shared().ifPresent(shared -> experts(mixture.norm(), shared.expert(), 1));
  }

  private void experts(Norm norm, FeedForward.Swiglu matrices, int active) {
    int apart = matrices.gate().experts() / active;
    int[] chosen = IntStream.range(0, active).map(i -> i * apart).toArray();
    float[] shares = floats(active);
    int width = matrices.gate().rows();
    add(
        new ExpertIn(
            floats(config.hidden()),
            norm,
            chosen,
            matrices.gate(),
            matrices.up(),
            new float[active * width]));
    add(
        new ExpertOut(
            floats(active * width), chosen, shares, matrices.down(), floats(config.hidden())));
  }

  private void add(OpCall call) {
    CallShape shape = CallShape.of(call);
    shapes.merge(shape.key() + " " + shape.shape(), shape, (known, same) -> known.oncemore());
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }
}
