package io.firesteel.ptx.prebuilt;

import io.firesteel.loader.TensorType;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
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
import io.firesteel.model.ops.Sample;
import io.firesteel.model.ops.WeightMatrix;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Kernels;
import io.firesteel.ptx.kernel.Kernels.Experts;
import io.firesteel.ptx.kernel.Kernels.Matrix;
import io.firesteel.ptx.kernel.Kernels.Rotation;
import java.util.Optional;
import java.util.Set;

/** Which kernel runs a call: the spec for its types and shapes, one row at a pass. */
final class CallSpec {
  private static final int CTAS_PER_MULTIPROCESSOR = 2;
  private static final int MIN_PAGE_TOKENS = 16;
  private static final int RUN = 32;
  private static final int MAX_HEAD = 512;
  private static final int MAX_EXPERTS = 512;
  private static final Set<Integer> ATTENTION_HEADS = Set.of(64, 128, 256, 512);
  private static final Set<TensorType> GATE_TYPES =
      Set.of(TensorType.F32, TensorType.F16, TensorType.BF16);

  private final int multiprocessors;
  private final int ctas;

  CallSpec(int multiprocessors) {
    this.multiprocessors = multiprocessors;
    this.ctas = CTAS_PER_MULTIPROCESSOR * multiprocessors;
  }

  /** The spec; empty where there is no kernel for the call. */
  Optional<KernelSpec> of(OpCall call) {
    return switch (call) {
      case Embed c -> when(takes(c.table()), () -> embed(c));
      case AttnIn c -> when(takes(c), () -> attnIn(c));
      case RopeKv c ->
          when(
              takes(c.cache().layout()) && c.heads().size() <= MAX_HEAD,
              () -> Kernels.ropeKv(c.heads(), c.cache().layout(), rotation(c)));
      case Attention c ->
          when(
              takes(c.cache().layout()) && ATTENTION_HEADS.contains(c.heads().size()),
              () -> attention(c));
      case AttnOut c -> when(takes(c.output().matrix()), () -> attnOut(c));
      case Router c ->
          when(
              GATE_TYPES.contains(c.gate().type())
                  && c.gate().columns() % RUN == 0
                  && c.gate().rows() <= MAX_EXPERTS,
              () -> router(c));
      case ExpertIn c ->
          when(
              takes(c.gate().type(), c.gate().columns())
                  && takes(c.up().type(), c.up().columns())
                  && (c.gate().experts() > 1 || c.active() == 1),
              () -> expertIn(c));
      case ExpertOut c -> when(takes(c.down().type(), c.down().columns()), () -> expertOut(c));
      case Logits c -> when(takes(c.output()), () -> logits(c));
      case Sample _ -> Optional.empty();
    };
  }

  /** Splits of {@link #attention}. */
  int splits(Attention c) {
    return Kernels.attentionSplits(c.heads(), c.rows(), multiprocessors);
  }

  private static Optional<KernelSpec> when(
      boolean taken, java.util.function.Supplier<KernelSpec> spec) {
    return taken ? Optional.of(spec.get()) : Optional.empty();
  }

  private static boolean takes(TensorType type, int columns) {
    return Kernels.WEIGHT_TYPES.contains(type) && columns % RUN == 0;
  }

  private static boolean takes(WeightMatrix matrix) {
    return takes(matrix.type(), matrix.columns());
  }

  private static boolean takes(KvLayout layout) {
    return layout.format() != KvFormat.F32 && layout.pageTokens() >= MIN_PAGE_TOKENS;
  }

  private static boolean takes(AttnIn c) {
    boolean bias = c.query().bias().length > 0;
    return takes(c.query().matrix())
        && takes(c.key().matrix())
        && takes(c.value().matrix())
        && bias == c.key().bias().length > 0
        && bias == c.value().bias().length > 0;
  }

  private static KernelSpec embed(Embed c) {
    return Kernels.embed(c.table().type(), c.table().columns(), c.table().rows());
  }

  private KernelSpec attnIn(AttnIn c) {
    int hidden = c.norm().weight().length;
    boolean bias = c.query().bias().length > 0;
    return Kernels.attnIn(
        hidden,
        matrix(c.query()),
        matrix(c.key()),
        matrix(c.value()),
        bias,
        c.norm().epsilon(),
        1,
        ctas);
  }

  private static Matrix matrix(Projection projection) {
    return new Matrix(projection.matrix().type(), projection.matrix().rows());
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

  private KernelSpec attention(Attention c) {
    return Kernels.attention(c.heads(), c.cache().layout(), c.scale(), c.window(), splits(c));
  }

  private KernelSpec attnOut(AttnOut c) {
    WeightMatrix matrix = c.output().matrix();
    boolean bias = c.output().bias().length > 0;
    return Kernels.attnOut(matrix.type(), matrix.rows(), matrix.columns(), bias, 1, ctas);
  }

  private static KernelSpec router(Router c) {
    return Kernels.router(
        c.gate().type(), c.gate().columns(), c.gate().rows(), c.gating(), c.norm().epsilon());
  }

  private KernelSpec expertIn(ExpertIn c) {
    Experts shape =
        new Experts(c.gate().columns(), c.gate().rows(), c.gate().experts(), c.active());
    return Kernels.expertIn(shape, c.gate().type(), c.up().type(), c.norm().epsilon(), 1, ctas);
  }

  private KernelSpec expertOut(ExpertOut c) {
    Experts shape =
        new Experts(c.down().rows(), c.down().columns(), c.down().experts(), c.active());
    return Kernels.expertOut(shape, c.down().type(), ctas);
  }

  private KernelSpec logits(Logits c) {
    WeightMatrix matrix = c.output();
    return Kernels.logits(
        matrix.type(), matrix.rows(), matrix.columns(), c.norm().epsilon(), 1, ctas);
  }
}
