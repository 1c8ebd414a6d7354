package io.firesteel.tornado.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.model.arch.LayerWeights;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.HandKernel;
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
import io.firesteel.tornado.engine.StepArrays.BranchArrays;
import io.firesteel.tornado.graph.GraphTask;
import io.firesteel.tornado.graph.HandTasks;
import io.firesteel.tornado.kernels.AttentionOp;
import io.firesteel.tornado.kernels.AttnInOp;
import io.firesteel.tornado.kernels.AttnOutOp;
import io.firesteel.tornado.kernels.EmbedOp;
import io.firesteel.tornado.kernels.ExpertInOp;
import io.firesteel.tornado.kernels.ExpertOutOp;
import io.firesteel.tornado.kernels.KernelTask;
import io.firesteel.tornado.kernels.KvArrays;
import io.firesteel.tornado.kernels.LogitsOp;
import io.firesteel.tornado.kernels.RopeKvOp;
import io.firesteel.tornado.kernels.RouterOp;
import io.firesteel.tornado.kernels.SampleOp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The tasks of a token: each op in the form that is chosen for it, on the same arrays. The calls
 * that ops are described with stand for types and shapes only.
 */
final class TokenTasks {
  private static final int ROWS = 1;

  private final ModelConfig config;
  private final ModelWeights weights;
  private final ModelArrays model;
  private final StepArrays step;
  private final KvLayout layout;
  private final FormChoice choice;
  private final HandTasks hands;
  private final Rows place;
  private final KvPool pool;

  TokenTasks(
      ModelWeights weights,
      ModelArrays model,
      StepArrays step,
      KvLayout layout,
      FormChoice choice,
      HandTasks hands) {
    this.config = weights.config();
    this.weights = weights;
    this.model = model;
    this.step = step;
    this.layout = layout;
    this.choice = choice;
    this.hands = hands;
    this.place = new Rows(new int[1], new int[1], new int[][] {new int[step.tables.getSize()]});
    this.pool =
        new KvPool(layout, MemorySegment.ofArray(new byte[Math.toIntExact(layout.pageBytes())]));
  }

  /** Token id to hidden state. */
  List<GraphTask> embed() throws EngineException {
    Embed call = new Embed(weights.embedding(), new int[1], new float[config.hidden()]);
    return either(
        call,
        () -> EmbedOp.tasks(model.embedding(), step.tokens, step.x, ROWS),
        Map.of("table", model.embedding().data(), "tokens", step.tokens, "x", step.x));
  }

  /**
   * A layer.
   *
   * @param cache the layer's pages
   */
  List<GraphTask> layer(int index, IntArray cache) throws EngineException {
    ModelArrays.Layer layer = model.layers().get(index);
    List<GraphTask> tasks = new ArrayList<>();
    tasks.addAll(attnIn(layer));
    tasks.addAll(ropeKv(layer, cache));
    tasks.addAll(attention(cache));
    tasks.addAll(attnOut(layer));
    tasks.addAll(feedForward(layer));
    return tasks;
  }

  /** Hidden state to logits, and the largest of them. */
  List<GraphTask> head() throws EngineException {
    Norm norm = weights.outputNorm();
    Logits call =
        new Logits(
            new float[config.hidden()], norm, weights.output(), new float[config.vocabulary()]);
    List<GraphTask> tasks =
        new ArrayList<>(
            either(
                call,
                () ->
                    LogitsOp.tasks(
                        step.x,
                        model.outputNorm(),
                        norm.epsilon(),
                        step.normed,
                        model.output(),
                        step.logits,
                        ROWS),
                Map.of(
                    "x",
                    step.x,
                    "norm",
                    model.outputNorm(),
                    "output",
                    model.output().weights().data(),
                    "logits",
                    step.logits)));
    tasks.addAll(
        GraphTask.compiled(
            SampleOp.greedy(step.logits, step.sampling, step.next, ROWS, config.vocabulary())));
    return tasks;
  }

  /** Logits to a token that is drawn. */
  List<GraphTask> draw(StepArrays.Drawing drawing) {
    return GraphTask.compiled(
        SampleOp.draw(
            step.logits,
            drawing.chances(),
            drawing.scratch(),
            drawing.token(),
            ROWS,
            config.vocabulary()));
  }

  private List<GraphTask> attnIn(ModelArrays.Layer layer) throws EngineException {
    LayerWeights w = layer.weights();
    Heads heads = config.heads();
    AttnIn call =
        new AttnIn(
            new float[config.hidden()],
            w.attentionNorm(),
            w.query(),
            w.key(),
            w.value(),
            new float[heads.queryWidth()],
            new float[heads.keyValueWidth()],
            new float[heads.keyValueWidth()]);
    Map<String, TornadoNativeArray> operands = new HashMap<>();
    operands.put("x", step.x);
    operands.put("norm", layer.attentionNorm());
    operands.put("query", layer.query().weights().data());
    operands.put("key", layer.key().weights().data());
    operands.put("value", layer.value().weights().data());
    operands.put("bq", layer.query().bias());
    operands.put("bk", layer.key().bias());
    operands.put("bv", layer.value().bias());
    operands.put("q", step.q);
    operands.put("k", step.k);
    operands.put("v", step.v);
    return either(
        call,
        () ->
            AttnInOp.tasks(
                step.x,
                layer.attentionNorm(),
                w.attentionNorm().epsilon(),
                step.normed,
                layer.query(),
                layer.key(),
                layer.value(),
                step.q,
                step.k,
                step.v,
                ROWS),
        operands);
  }

  private KvArrays places(IntArray cache) {
    return new KvArrays(
        layout, cache, step.tables, step.tables.getSize(), step.sequences, step.positions);
  }

  private Map<String, TornadoNativeArray> placeOperands(IntArray cache) {
    Map<String, TornadoNativeArray> operands = new HashMap<>();
    operands.put("sequences", step.sequences);
    operands.put("positions", step.positions);
    operands.put("tables", step.tables);
    operands.put("cache", cache);
    operands.put("q", step.q);
    return operands;
  }

  private List<GraphTask> ropeKv(ModelArrays.Layer layer, IntArray cache) throws EngineException {
    LayerWeights w = layer.weights();
    Heads heads = config.heads();
    RopeKv call =
        new RopeKv(
            heads,
            new float[heads.queryWidth()],
            new float[heads.keyValueWidth()],
            new float[heads.keyValueWidth()],
            w.queryNorm(),
            w.keyNorm(),
            config.rope(),
            place,
            pool);
    Map<String, TornadoNativeArray> operands = placeOperands(cache);
    operands.put("k", step.k);
    operands.put("v", step.v);
    layer.queryNorm().ifPresent(n -> operands.put("q_norm", n.weight()));
    layer.keyNorm().ifPresent(n -> operands.put("k_norm", n.weight()));
    operands.put("frequencies", model.rope().frequencies());
    return either(
        call,
        () ->
            RopeKvOp.tasks(
                heads,
                step.q,
                step.k,
                step.v,
                layer.queryNorm(),
                layer.keyNorm(),
                model.rope(),
                places(cache),
                ROWS),
        operands);
  }

  private List<GraphTask> attention(IntArray cache) throws EngineException {
    Heads heads = config.heads();
    Attention call =
        new Attention(
            heads,
            new float[heads.queryWidth()],
            pool,
            place,
            config.attentionScale(),
            config.window(),
            new float[heads.queryWidth()]);
    Map<String, TornadoNativeArray> operands = placeOperands(cache);
    operands.put("out", step.attention.floats());
    return either(
        call,
        () ->
            AttentionOp.tasks(
                heads,
                step.q,
                places(cache),
                config.attentionScale(),
                config.window(),
                step.partials,
                step.attention.floats(),
                ROWS,
                step.splits),
        operands);
  }

  private List<GraphTask> attnOut(ModelArrays.Layer layer) throws EngineException {
    AttnOut call =
        new AttnOut(
            new float[config.heads().queryWidth()],
            layer.weights().attentionOutput(),
            new float[config.hidden()]);
    return either(
        call,
        () -> AttnOutOp.tasks(step.attention, layer.attentionOutput(), step.x, ROWS),
        Map.of(
            "attention",
            step.attention.floats(),
            "output",
            layer.attentionOutput().weights().data(),
            "bias",
            layer.attentionOutput().bias(),
            "x",
            step.x));
  }

  /** All branches read the hidden state before any adds to it. */
  private List<GraphTask> feedForward(ModelArrays.Layer layer) throws EngineException {
    List<GraphTask> tasks = new ArrayList<>();
    for (int b = 0; b < layer.branches().size(); b++) {
      ModelArrays.Branch branch = layer.branches().get(b);
      BranchArrays arrays = step.branches.get(b);
      boolean normed = false;
      if (branch.router().isPresent()) {
        List<GraphTask> choosing = router(layer, branch, branch.router().get(), arrays);
        normed = choosing.getFirst() instanceof GraphTask.Compiled;
        tasks.addAll(choosing);
      }
      tasks.addAll(expertIn(layer, branch, arrays, normed));
    }
    for (int b = 0; b < layer.branches().size(); b++) {
      tasks.addAll(expertOut(layer.branches().get(b), step.branches.get(b)));
    }
    return tasks;
  }

  private List<GraphTask> router(
      ModelArrays.Layer layer,
      ModelArrays.Branch branch,
      ModelArrays.Router router,
      BranchArrays arrays)
      throws EngineException {
    Norm norm = layer.weights().feedForward().norm();
    int active = branch.gating().active();
    Router call =
        new Router(
            new float[config.hidden()],
            norm,
            router.matrix(),
            branch.gating(),
            new int[active],
            new float[active]);
    return either(
        call,
        () ->
            RouterOp.tasks(
                step.x,
                layer.feedForwardNorm(),
                norm.epsilon(),
                step.normed,
                router.projection(),
                step.gates,
                branch.gating(),
                arrays.experts(),
                arrays.weights(),
                ROWS),
        Map.of(
            "x",
            step.x,
            "norm",
            layer.feedForwardNorm(),
            "gate",
            router.projection().weights().data(),
            "experts",
            arrays.experts(),
            "weights",
            arrays.weights()));
  }

  private List<GraphTask> expertIn(
      ModelArrays.Layer layer, ModelArrays.Branch branch, BranchArrays arrays, boolean normed)
      throws EngineException {
    Norm norm = layer.weights().feedForward().norm();
    int active = branch.gating().active();
    ExpertIn call =
        new ExpertIn(
            new float[config.hidden()],
            norm,
            new int[active],
            branch.matrices().gate(),
            branch.matrices().up(),
            new float[active * branch.gate().rows()]);
    return either(
        call,
        () ->
            normed
                ? ExpertInOp.afterNorm(
                    step.normed,
                    arrays.experts(),
                    branch.gate(),
                    branch.up(),
                    arrays.activations().floats(),
                    ROWS,
                    active)
                : ExpertInOp.tasks(
                    step.x,
                    layer.feedForwardNorm(),
                    norm.epsilon(),
                    step.normed,
                    arrays.experts(),
                    branch.gate(),
                    branch.up(),
                    arrays.activations().floats(),
                    ROWS,
                    active),
        Map.of(
            "x",
            step.x,
            "norm",
            layer.feedForwardNorm(),
            "experts",
            arrays.experts(),
            "gate",
            branch.gate().data(),
            "up",
            branch.up().data(),
            "activations",
            arrays.activations().floats()));
  }

  private List<GraphTask> expertOut(ModelArrays.Branch branch, BranchArrays arrays)
      throws EngineException {
    int active = branch.gating().active();
    float[] ones = new float[active];
    ExpertOut call =
        new ExpertOut(
            new float[active * branch.down().columns()],
            new int[active],
            ones,
            branch.matrices().down(),
            new float[config.hidden()]);
    return either(
        call,
        () ->
            ExpertOutOp.tasks(
                arrays.activations(),
                arrays.experts(),
                arrays.weights(),
                branch.down(),
                step.x,
                ROWS,
                active),
        Map.of(
            "activations",
            arrays.activations().floats(),
            "experts",
            arrays.experts(),
            "weights",
            arrays.weights(),
            "down",
            branch.down().data(),
            "x",
            step.x));
  }

  /** The form that is chosen; a form that is only preferred gives way where it does not exist. */
  private List<GraphTask> either(
      OpCall call, Supplier<List<KernelTask>> java, Map<String, TornadoNativeArray> operands)
      throws EngineException {
    if (choice.of(call) == Form.PTX) {
      Optional<GraphTask> hand = byHand(call, operands);
      if (hand.isPresent()) {
        return List.of(hand.get());
      }
      if (choice.isSet(call)) {
        throw new EngineException(
            "tornado.properties wants ptx for %s, but there is no hand-written kernel for this"
                    .formatted(FormChoice.key(call))
                + " model's shape; set op."
                + FormChoice.key(call)
                + " = java");
      }
    }
    return GraphTask.compiled(java.get());
  }

  private Optional<GraphTask> byHand(OpCall call, Map<String, TornadoNativeArray> operands) {
    return hands
        .find(call)
        .filter(hand -> sharesLayout(call, hand))
        .map(hand -> hands.task(call, operands));
  }

  /** Whether the arrays are as the hand-written kernel reads them: those of Java are widened. */
  private static boolean sharesLayout(OpCall call, HandKernel hand) {
    return hand.parameters().stream()
        .filter(HandKernel.Parameter.Weights.class::isInstance)
        .map(p -> ((HandKernel.Parameter.Weights) p).type())
        .noneMatch(
            type -> type == TensorType.BF16 || (call instanceof Router && type != TensorType.F32));
  }
}
