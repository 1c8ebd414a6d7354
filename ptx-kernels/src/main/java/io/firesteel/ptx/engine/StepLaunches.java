package io.firesteel.ptx.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.ptx.engine.DeviceWeights.Branch;
import io.firesteel.ptx.engine.DeviceWeights.DeviceNorm;
import io.firesteel.ptx.engine.DeviceWeights.Layer;
import io.firesteel.ptx.engine.DeviceWeights.Matrix;
import io.firesteel.ptx.engine.StepBuffers.BranchBuffers;
import io.firesteel.ptx.kernel.FatCtas;
import io.firesteel.ptx.kernel.Kernel;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Kernels;
import io.firesteel.ptx.kernel.Kernels.Experts;
import io.firesteel.ptx.kernel.Kernels.Rotation;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.Specialiser;
import io.firesteel.ptx.kernel.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The launches of a step, in order. A kernel relies on nothing newer than what its predecessor
 * waited for.
 */
final class StepLaunches {
  private static final int CTAS_PER_MULTIPROCESSOR = 2;

  /** CTAs that share a tile of rows of one expert: there are many tiles. */
  private static final int CTAS_PER_TILE = 4;

  private static final int FEWEST_PAIRS_PER_EXPERT = 2;

  private final ModelConfig config;
  private final DeviceWeights weights;
  private final PagedCache cache;
  private final StepBuffers buffers;
  private final Target target;
  private final int multiprocessors;
  private final Specialiser specialiser = new Specialiser();
  private final FatCtas fatCtas;
  private final TiledLaunches tiled;
  private final Map<KernelSpec, Kernel> kernels = new HashMap<>();

  StepLaunches(
      ModelConfig config,
      DeviceWeights weights,
      PagedCache cache,
      StepBuffers buffers,
      KernelDevice device) {
    this.config = config;
    this.weights = weights;
    this.cache = cache;
    this.buffers = buffers;
    this.target = device.target();
    this.multiprocessors = device.multiprocessors();
    this.fatCtas = new FatCtas(target, multiprocessors);
    this.tiled = new TiledLaunches(buffers, this::launch);
  }

  /**
   * The launches of a step.
   *
   * @param rows number of rows
   * @param newest whether every row is the newest position of a sequence of its own
   * @param logitRows rows whose logits are wanted
   * @param logits address of the logits
   */
  List<Launch> step(int rows, boolean newest, int[] logitRows, long logits) {
    List<Launch> launches = new ArrayList<>();
    Matrix table = weights.embedding();
    launches.add(
        launch(
            Kernels.embed(table.type(), table.columns(), table.rows()),
            rows,
            Map.of("tokens", buffers.tokens(), "table", table.address(), "x", buffers.x)));
    for (int i = 0; i < weights.layers().size(); i++) {
      Layer layer = weights.layers().get(i);
      attnIn(launches, layer, rows);
      attention(launches, layer, cache.layer(i), rows, newest);
      attnOut(launches, layer.attentionOutput(), rows);
      feedForward(launches, layer, rows);
    }
    logits(launches, logitRows, logits);
    return launches;
  }

  private int ctas() {
    return CTAS_PER_MULTIPROCESSOR * multiprocessors;
  }

  private void attnIn(List<Launch> launches, Layer layer, int rows) {
    if (TiledLaunches.takesAttnIn(layer, rows)) {
      tiled.attnIn(launches, layer, rows);
    } else {
      launches.add(attnInByGroup(layer, rows));
    }
  }

  private Launch attnInByGroup(Layer layer, int rows) {
    Matrix q = layer.query();
    Matrix k = layer.key();
    Matrix v = layer.value();
    Map<String, Long> arguments = new HashMap<>();
    arguments.put("x", buffers.x);
    arguments.put("norm", layer.attentionNorm().address());
    arguments.put("wq", q.address());
    arguments.put("wk", k.address());
    arguments.put("wv", v.address());
    arguments.put("bq", q.bias());
    arguments.put("bk", k.bias());
    arguments.put("bv", v.bias());
    arguments.put("q", buffers.q);
    arguments.put("k", buffers.k);
    arguments.put("v", buffers.v);
    int group = Kernels.group(config.hidden(), rows, q.type(), k.type(), v.type());
    KernelSpec spec =
        Kernels.attnIn(
            config.hidden(),
            new Kernels.Matrix(q.type(), q.rows()),
            new Kernels.Matrix(k.type(), k.rows()),
            new Kernels.Matrix(v.type(), v.rows()),
            q.bias() != 0,
            layer.attentionNorm().epsilon(),
            group,
            ctas());
    return launch(spec, rows, arguments);
  }

  private void attention(List<Launch> launches, Layer layer, long pages, int rows, boolean newest) {
    KvLayout layout = cache.layout();
    DeviceNorm queryNorm = layer.queryNorm();
    DeviceNorm keyNorm = layer.keyNorm();
    Rotation rotation =
        new Rotation(
            config.rope(),
            queryNorm.address() != 0,
            queryNorm.epsilon(),
            keyNorm.address() != 0,
            keyNorm.epsilon());
    Map<String, Long> common = new HashMap<>();
    common.put("q", buffers.q);
    common.put("k", buffers.k);
    common.put("v", buffers.v);
    common.put("q_norm", queryNorm.address());
    common.put("k_norm", keyNorm.address());
    common.put("frequencies", weights.frequencies());
    common.put("sequences", buffers.sequences());
    common.put("positions", buffers.positions());
    common.put("tables", buffers.tables());
    common.put("table_stride", (long) buffers.tableStride());
    common.put("cache", pages);
    Map<String, Long> arguments = new HashMap<>(common);
    arguments.put("out", buffers.attention);
    arguments.put("partials", buffers.partials);
    arguments.put("counters", buffers.counters);
    int splits = splits(rows);
    if (newest) {
      KernelSpec fused =
          Kernels.fusedAttention(
              config.heads(), layout, rotation, config.attentionScale(), config.window(), splits);
      launches.add(launch(fused, rows, arguments));
    } else {
      launches.add(launch(Kernels.ropeKv(config.heads(), layout, rotation), rows, common));
      KernelSpec spec =
          Kernels.attention(
              config.heads(), layout, config.attentionScale(), config.window(), splits);
      launches.add(launch(spec, rows, arguments));
    }
  }

  /** A power of two, so that steps of many sizes share few kernels. */
  private int splits(int rows) {
    int splits = Kernels.attentionSplits(config.heads(), rows, multiprocessors);
    return rows == 1 ? splits : Integer.highestOneBit(splits);
  }

  private void attnOut(List<Launch> launches, Matrix matrix, int rows) {
    if (TiledLaunches.takesLinear(matrix, rows)) {
      tiled.attnOut(launches, matrix, rows);
    } else {
      launches.add(attnOutByGroup(matrix, rows));
    }
  }

  private Launch attnOutByGroup(Matrix matrix, int rows) {
    int group = Kernels.group(matrix.columns(), rows, matrix.type());
    KernelSpec spec =
        Kernels.attnOut(
            matrix.type(), matrix.rows(), matrix.columns(), matrix.bias() != 0, group, ctas());
    return launch(
        spec,
        rows,
        Map.of(
            "source",
            buffers.attention,
            "weights",
            matrix.address(),
            "bias",
            matrix.bias(),
            "out",
            buffers.x));
  }

  /** All branches read the hidden state before any adds to it. */
  private void feedForward(List<Launch> launches, Layer layer, int rows) {
    List<Branch> branches = layer.branches();
    if (tiledExperts(layer, rows)) {
      Branch branch = branches.getFirst();
      BranchBuffers choice = buffers.branches.getFirst();
      if (branch.chooser().matrix().isPresent()) {
        tiled.router(launches, layer, branch, choice, rows);
      } else {
        choice = dense(choice);
      }
      tiled.experts(launches, layer, branch, choice, shape(branch), rows);
      return;
    }
    List<BranchBuffers> choices = new ArrayList<>();
    for (int b = 0; b < branches.size(); b++) {
      choices.add(choose(launches, layer, branches.get(b), buffers.branches.get(b), rows));
    }
    for (int b = 0; b < branches.size(); b++) {
      launches.add(expertIn(layer, branches.get(b), choices.get(b), rows));
    }
    for (int b = 0; b < branches.size(); b++) {
      expertOut(launches, branches.get(b), choices.get(b), rows);
    }
  }

  /** There is one set of tiles. */
  private static boolean tiledExperts(Layer layer, int rows) {
    return layer.branches().size() == 1
        && TiledLaunches.takesExperts(layer.branches().getFirst(), rows);
  }

  /** Whether so many rows choose each expert that they should share passes over its weights. */
  private static boolean grouped(Branch branch, int rows) {
    int experts = branch.experts().count();
    return experts > 1
        && rows * branch.chooser().gating().active() >= FEWEST_PAIRS_PER_EXPERT * experts;
  }

  /** Rows of a tile: what an expert gets on average, since a tile costs as much when half empty. */
  private int tile(Branch branch, int rows) {
    DeviceWeights.Experts experts = branch.experts();
    int most =
        Kernels.tile(
            shape(branch), experts.gate().type(), experts.up().type(), experts.down().type());
    int average = rows * branch.chooser().gating().active() / experts.count();
    return Math.min(most, Integer.highestOneBit(average));
  }

  private BranchBuffers dense(BranchBuffers own) {
    return new BranchBuffers(buffers.noExperts, buffers.ones, own.activations());
  }

  private BranchBuffers choose(
      List<Launch> launches, Layer layer, Branch branch, BranchBuffers own, int rows) {
    if (branch.chooser().matrix().isEmpty()) {
      return dense(own);
    }
    launches.add(router(layer, branch, own, rows));
    if (grouped(branch, rows)) {
      Map<String, Long> arguments = new HashMap<>(buffers.tileArguments());
      arguments.put("experts", own.experts());
      launches.add(
          launch(Kernels.expertGroups(shape(branch), tile(branch, rows)), rows, arguments));
    }
    return own;
  }

  private Experts shape(Branch branch) {
    return shape(config, branch);
  }

  private Launch router(Layer layer, Branch branch, BranchBuffers own, int rows) {
    Matrix gate = branch.chooser().matrix().get();
    DeviceNorm norm = layer.feedForwardNorm();
    KernelSpec spec =
        choosing(branch, rows)
            ? Kernels.routerScores(gate.type(), gate.columns(), gate.rows(), norm.epsilon())
            : Kernels.router(
                gate.type(),
                gate.columns(),
                gate.rows(),
                branch.chooser().gating(),
                norm.epsilon());
    return launch(
        spec,
        rows,
        Map.of(
            "x", buffers.x,
            "norm", norm.address(),
            "gate", gate.address(),
            "experts", own.experts(),
            "weights", own.weights(),
            "scores", buffers.scores,
            "counters", buffers.counters));
  }

  /** Whether the experts' kernels choose from the router's scores, of which there is one set. */
  private boolean choosing(Branch branch, int rows) {
    return branch.experts().count() > 1
        && buffers.branches.size() == 1
        && Kernels.choosable(branch.chooser().gating())
        && !grouped(branch, rows);
  }

  private KernelSpec chosen(KernelSpec spec, Branch branch, int rows) {
    return choosing(branch, rows) ? Kernels.choosing(spec, branch.chooser().gating()) : spec;
  }

  static Experts shape(ModelConfig config, Branch branch) {
    return new Experts(
        config.hidden(),
        branch.experts().gate().rows(),
        branch.experts().count(),
        branch.chooser().gating().active());
  }

  private Launch expertIn(Layer layer, Branch branch, BranchBuffers choice, int rows) {
    return grouped(branch, rows)
        ? expertInGrouped(layer, branch, choice, rows)
        : expertInByRow(layer, branch, choice, rows);
  }

  private Launch expertInByRow(Layer layer, Branch branch, BranchBuffers choice, int rows) {
    TensorType gate = branch.experts().gate().type();
    TensorType up = branch.experts().up().type();
    int group =
        branch.experts().count() == 1
            ? Math.min(Kernels.MAX_EXPERT_IN_GROUP, Kernels.group(config.hidden(), rows, gate, up))
            : 1;
    DeviceNorm norm = layer.feedForwardNorm();
    return launch(
        chosen(
            Kernels.expertIn(shape(branch), gate, up, norm.epsilon(), group, ctas()), branch, rows),
        rows,
        Map.of(
            "x", buffers.x,
            "norm", norm.address(),
            "experts", choice.experts(),
            "scores", buffers.scores,
            "gate", branch.experts().gate().address(),
            "up", branch.experts().up().address(),
            "out", choice.activations()));
  }

  private Launch expertInGrouped(Layer layer, Branch branch, BranchBuffers choice, int rows) {
    Matrix gate = branch.experts().gate();
    Matrix up = branch.experts().up();
    DeviceNorm norm = layer.feedForwardNorm();
    Map<String, Long> arguments = new HashMap<>(buffers.tileArguments());
    arguments.put("x", buffers.x);
    arguments.put("norm", norm.address());
    arguments.put("gate", gate.address());
    arguments.put("up", up.address());
    arguments.put("out", choice.activations());
    KernelSpec spec =
        Kernels.expertInGrouped(
            shape(branch),
            gate.type(),
            up.type(),
            norm.epsilon(),
            tile(branch, rows),
            CTAS_PER_TILE);
    return launch(spec, rows, arguments);
  }

  private void expertOut(List<Launch> launches, Branch branch, BranchBuffers choice, int rows) {
    if (grouped(branch, rows)) {
      expertOutGrouped(launches, branch, choice, rows);
    } else {
      launches.add(expertOutByRow(branch, choice, rows));
    }
  }

  private Launch expertOutByRow(Branch branch, BranchBuffers choice, int rows) {
    Matrix down = branch.experts().down();
    return launch(
        chosen(Kernels.expertOut(shape(branch), down.type(), ctas()), branch, rows),
        rows,
        Map.of(
            "activations", choice.activations(),
            "experts", choice.experts(),
            "scores", buffers.scores,
            "weights", choice.weights(),
            "down", down.address(),
            "x", buffers.x));
  }

  private void expertOutGrouped(
      List<Launch> launches, Branch branch, BranchBuffers choice, int rows) {
    Matrix down = branch.experts().down();
    Map<String, Long> arguments = new HashMap<>(buffers.tileArguments());
    arguments.put("activations", choice.activations());
    arguments.put("weights", choice.weights());
    arguments.put("down", down.address());
    arguments.put("parts", buffers.parts);
    KernelSpec spec =
        Kernels.expertOutGrouped(shape(branch), down.type(), tile(branch, rows), CTAS_PER_TILE);
    launches.add(launch(spec, rows, arguments));
    launches.add(
        launch(
            Kernels.expertSum(shape(branch)),
            rows,
            Map.of("parts", buffers.parts, "x", buffers.x)));
  }

  /** One launch for each run of neighbouring rows. */
  private void logits(List<Launch> launches, int[] rows, long out) {
    Matrix head = weights.output();
    for (int from = 0; from < rows.length; ) {
      int to = from + 1;
      while (to < rows.length && rows[to] == rows[to - 1] + 1) {
        to++;
      }
      int count = to - from;
      int group = Kernels.group(head.columns(), count, head.type());
      DeviceNorm norm = weights.outputNorm();
      launches.add(
          launch(
              Kernels.logits(
                  head.type(), head.rows(), head.columns(), norm.epsilon(), group, ctas()),
              count,
              Map.of(
                  "source",
                  buffers.x + (long) rows[from] * head.columns() * Float.BYTES,
                  "norm",
                  norm.address(),
                  "weights",
                  head.address(),
                  "out",
                  out + (long) from * head.rows() * Float.BYTES)));
      from = to;
    }
  }

  /** A launch of any kernel for some rows, which need not be part of a step. */
  Launch launch(KernelSpec spec, int rows, Map<String, Long> arguments) {
    Map<String, Long> all = new HashMap<>(arguments);
    all.put("rows", (long) rows);
    return kernels.computeIfAbsent(spec, this::specialise).launch(all);
  }

  /** Kernels that may run side by side take half a multiprocessor each. */
  private Kernel specialise(KernelSpec spec) {
    return specialiser.specialise(target.dependentLaunch() ? fatCtas.of(spec) : spec, target);
  }
}
