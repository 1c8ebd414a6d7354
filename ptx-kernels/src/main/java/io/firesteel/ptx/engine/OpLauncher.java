package io.firesteel.ptx.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnIn.Projection;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.ops.Sample;
import io.firesteel.model.ops.WeightMatrix;
import io.firesteel.ptx.kernel.Kernel;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Kernels;
import io.firesteel.ptx.kernel.Kernels.Experts;
import io.firesteel.ptx.kernel.Kernels.Matrix;
import io.firesteel.ptx.kernel.Kernels.Rotation;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.SamplingKernels;
import io.firesteel.ptx.kernel.Specialiser;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Runs calls of ops as launches of kernels: each call uploads its operands, launches and copies the
 * outputs back.
 */
final class OpLauncher {
  private static final int CTAS_PER_MULTIPROCESSOR = 2;
  private static final int MIN_PAGE_TOKENS = 16;
  private static final Set<Integer> ATTENTION_HEADS = Set.of(64, 128, 256, 512);
  private static final int MAX_HEAD = 512;
  private static final int MAX_EXPERTS = 512;
  private static final int FLOAT_RUN = 32;
  private static final int[] NO_SCORES = {0};

  private final KernelDevice device;
  private final Specialiser specialiser = new Specialiser();
  private final Map<KernelSpec, Kernel> kernels = new HashMap<>();

  OpLauncher(KernelDevice device) {
    this.device = device;
  }

  // --- what is supported ---

  /** Whether there is a kernel for the call's types and shapes. */
  boolean supports(OpCall call) {
    return switch (call) {
      case Embed c -> supports(c.table());
      case AttnIn c ->
          supports(c.query().matrix())
              && supports(c.key().matrix())
              && supports(c.value().matrix())
              && allOrNoBias(c)
              && fits(
                  c.norm().weight().length,
                  c.query().matrix().type(),
                  c.key().matrix().type(),
                  c.value().matrix().type());
      case AttnOut c ->
          supports(c.output().matrix())
              && fits(c.output().matrix().columns(), c.output().matrix().type());
      case RopeKv c ->
          c.heads().size() % FLOAT_RUN == 0
              && c.heads().size() <= MAX_HEAD
              && supports(c.cache().layout().format())
              && c.cache().layout().pageTokens() >= MIN_PAGE_TOKENS;
      case Attention c ->
          ATTENTION_HEADS.contains(c.heads().size())
              && supports(c.cache().layout().format())
              && c.cache().layout().pageTokens() >= MIN_PAGE_TOKENS;
      case Router c -> supportsGate(c.gate());
      case ExpertIn c ->
          supports(c.gate().type(), c.gate().columns())
              && supports(c.up().type(), c.up().columns())
              && (c.gate().experts() > 1 || c.active() == 1)
              && fits(c.gate().columns(), c.gate().type(), c.up().type());
      case ExpertOut c ->
          supports(c.down().type(), c.down().columns())
              && fits(c.active() * c.down().columns(), c.down().type());
      case Logits c -> supports(c.output()) && fits(c.output().columns(), c.output().type());
      case Sample c -> SamplingKernels.supports(c.parameters(), c.vocabulary());
    };
  }

  private static boolean supports(WeightMatrix matrix) {
    return supports(matrix.type(), matrix.columns());
  }

  private static boolean supports(TensorType type, int columns) {
    return Kernels.WEIGHT_TYPES.contains(type) && columns % FLOAT_RUN == 0;
  }

  private static boolean supports(KvFormat format) {
    return format == KvFormat.F16 || format == KvFormat.Q8;
  }

  private static boolean supportsGate(WeightMatrix gate) {
    boolean isFloat =
        gate.type() == TensorType.F32
            || gate.type() == TensorType.F16
            || gate.type() == TensorType.BF16;
    return isFloat && gate.columns() % FLOAT_RUN == 0 && gate.rows() <= MAX_EXPERTS;
  }

  private static boolean allOrNoBias(AttnIn c) {
    boolean bias = c.query().bias().length > 0;
    return bias == c.key().bias().length > 0 && bias == c.value().bias().length > 0;
  }

  /** Whether a row of activations fits into shared memory. */
  private static boolean fits(int columns, TensorType... types) {
    try {
      return Kernels.group(columns, 1, types) == 1;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  // --- launches ---

  /** Runs a call that is supported. */
  void run(OpCall call) {
    try (PreparedLaunches prepared = prepare(call, 1)) {
      prepared.launch();
      prepared.fetch();
    }
  }

  /** Puts the operands of a call that is supported on the device. */
  PreparedLaunches prepare(OpCall call, int copies) {
    Operands operands = new Operands(device, copies);
    boolean done = false;
    try {
      operands.scalar("rows", call.rows());
      KernelSpec spec = describe(operands, call);
      Kernel kernel =
          kernels.computeIfAbsent(spec, s -> specialiser.specialise(s, device.target()));
      List<Launch> launches =
          IntStream.range(0, copies)
              .mapToObj(copy -> kernel.launch(operands.arguments(copy)))
              .toList();
      done = true;
      return new PreparedLaunches(device, operands, launches);
    } finally {
      if (!done) {
        operands.close();
      }
    }
  }

  /** Uploads the operands and tells the kernel that takes them. */
  private KernelSpec describe(Operands operands, OpCall call) {
    return switch (call) {
      case Embed c -> embed(operands, c);
      case AttnIn c -> attnIn(operands, c);
      case RopeKv c -> ropeKv(operands, c);
      case Attention c -> attention(operands, c);
      case AttnOut c -> attnOut(operands, c);
      case Router c -> router(operands, c);
      case ExpertIn c -> expertIn(operands, c);
      case ExpertOut c -> expertOut(operands, c);
      case Logits c -> logits(operands, c);
      case Sample c -> SampleOperands.of(operands, c);
    };
  }

  private int ctas() {
    return CTAS_PER_MULTIPROCESSOR * device.multiprocessors();
  }

  private static KernelSpec embed(Operands operands, Embed c) {
    operands.in("tokens", c.tokens()).out("x", c.x());
    weights(operands, "table", c.table());
    return Kernels.embed(c.table().type(), c.table().columns(), c.table().rows());
  }

  private KernelSpec attnIn(Operands operands, AttnIn c) {
    operands.in("x", c.x()).in("norm", c.norm().weight());
    projection(operands, "q", c.query());
    projection(operands, "k", c.key());
    projection(operands, "v", c.value());
    operands.out("q", c.q()).out("k", c.k()).out("v", c.v());
    int hidden = c.norm().weight().length;
    Matrix q = matrix(c.query());
    Matrix k = matrix(c.key());
    Matrix v = matrix(c.value());
    int group = Kernels.group(hidden, c.rows(), q.type(), k.type(), v.type());
    boolean bias = c.query().bias().length > 0;
    return Kernels.attnIn(hidden, q, k, v, bias, c.norm().epsilon(), group, ctas());
  }

  private static Matrix matrix(Projection projection) {
    return new Matrix(projection.matrix().type(), projection.matrix().rows());
  }

  private static void projection(Operands operands, String name, Projection projection) {
    weights(operands, "w" + name, projection.matrix());
    operands.in("b" + name, projection.bias());
  }

  private static KernelSpec ropeKv(Operands operands, RopeKv c) {
    operands.inOut("q", c.q()).in("k", c.k()).in("v", c.v());
    operands.in("q_norm", c.queryNorm().weight()).in("k_norm", c.keyNorm().weight());
    operands.in("frequencies", c.rope().frequencies());
    places(operands, c.at());
    operands.inOut("cache", c.cache().data());
    return Kernels.ropeKv(c.heads(), c.cache().layout(), rotation(c));
  }

  private static Rotation rotation(RopeKv c) {
    Norm query = c.queryNorm();
    Norm key = c.keyNorm();
    return new Rotation(
        c.rope(),
        query.weight().length > 0,
        query.epsilon(),
        key.weight().length > 0,
        key.epsilon());
  }

  private static void places(Operands operands, Rows at) {
    int stride = 1;
    for (int[] table : at.pageTables()) {
      stride = Math.max(stride, table.length);
    }
    int[] tables = new int[at.pageTables().length * stride];
    for (int s = 0; s < at.pageTables().length; s++) {
      System.arraycopy(at.pageTables()[s], 0, tables, s * stride, at.pageTables()[s].length);
    }
    operands.in("sequences", at.sequences()).in("positions", at.positions());
    operands.in("tables", tables).scalar("table_stride", stride);
  }

  private KernelSpec attention(Operands operands, Attention c) {
    int splits = Kernels.attentionSplits(c.heads(), c.rows(), device.multiprocessors());
    operands.in("q", c.q()).out("out", c.out());
    for (String unused : new String[] {"k", "v", "q_norm", "k_norm", "frequencies"}) {
      operands.in(unused, new float[0]);
    }
    places(operands, c.at());
    operands.inCopies("cache", c.cache().data());
    operands.scratch(
        "partials", Kernels.attentionPartials(c.heads(), c.rows(), splits) * Float.BYTES);
    operands.zeros("counters", c.rows() * Kernels.attentionSets(c.heads()));
    return Kernels.attention(c.heads(), c.cache().layout(), c.scale(), c.window(), splits);
  }

  private KernelSpec attnOut(Operands operands, AttnOut c) {
    WeightMatrix matrix = c.output().matrix();
    operands.in("source", c.attention()).in("bias", c.output().bias()).inOut("out", c.x());
    weights(operands, "weights", matrix);
    int group = Kernels.group(matrix.columns(), c.rows(), matrix.type());
    boolean bias = c.output().bias().length > 0;
    return Kernels.attnOut(matrix.type(), matrix.rows(), matrix.columns(), bias, group, ctas());
  }

  private static KernelSpec router(Operands operands, Router c) {
    operands.in("x", c.x()).in("norm", c.norm().weight());
    weights(operands, "gate", c.gate());
    operands.out("experts", c.experts()).out("weights", c.weights());
    operands.scratch("scores", (long) c.rows() * c.gate().rows() * Float.BYTES);
    operands.zeros("counters", c.rows());
    return Kernels.router(
        c.gate().type(), c.gate().columns(), c.gate().rows(), c.gating(), c.norm().epsilon());
  }

  private KernelSpec expertIn(Operands operands, ExpertIn c) {
    operands.in("x", c.x()).in("norm", c.norm().weight()).in("experts", c.experts());
    operands.in("scores", NO_SCORES);
    operands.weights("gate", c.gate().type(), c.gate().data());
    operands.weights("up", c.up().type(), c.up().data());
    operands.out("out", c.activations());
    int hidden = c.gate().columns();
    int group =
        c.gate().experts() == 1
            ? Math.min(
                Kernels.MAX_EXPERT_IN_GROUP,
                Kernels.group(hidden, c.rows(), c.gate().type(), c.up().type()))
            : 1;
    Experts shape = new Experts(hidden, c.gate().rows(), c.gate().experts(), c.active());
    return Kernels.expertIn(
        shape, c.gate().type(), c.up().type(), c.norm().epsilon(), group, ctas());
  }

  private KernelSpec expertOut(Operands operands, ExpertOut c) {
    operands.in("activations", c.activations());
    operands.in("experts", c.experts()).in("weights", c.weights());
    operands.in("scores", NO_SCORES);
    operands.weights("down", c.down().type(), c.down().data());
    operands.inOut("x", c.x());
    Experts shape =
        new Experts(c.down().rows(), c.down().columns(), c.down().experts(), c.active());
    return Kernels.expertOut(shape, c.down().type(), ctas());
  }

  private KernelSpec logits(Operands operands, Logits c) {
    WeightMatrix matrix = c.output();
    operands.in("source", c.x()).in("norm", c.norm().weight()).out("out", c.logits());
    weights(operands, "weights", matrix);
    int group = Kernels.group(matrix.columns(), c.rows(), matrix.type());
    return Kernels.logits(
        matrix.type(), matrix.rows(), matrix.columns(), c.norm().epsilon(), group, ctas());
  }

  private static void weights(Operands operands, String name, WeightMatrix matrix) {
    operands.weights(name, matrix.type(), matrix.data());
  }
}
