package io.firesteel.ptx.kernel;

import io.firesteel.loader.TensorType;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.Rope;
import io.firesteel.ptx.kernel.Kernels.Experts;
import io.firesteel.ptx.kernel.Kernels.Matrix;
import io.firesteel.ptx.kernel.Kernels.Rotation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Every kernel in every shape and type that the supported models use. */
final class KernelSet {
  private static final float EPSILON = 1e-6f;
  private static final int CTAS = 264;

  /**
   * A model as far as kernels see it.
   *
   * @param attention type of most matrices
   * @param value type of the value and down projections in the layers that are stored finer
   */
  private record Shape(
      String name,
      int hidden,
      int queryHeads,
      int keyValueHeads,
      int headSize,
      Experts experts,
      int vocabulary,
      TensorType attention,
      TensorType value,
      TensorType head,
      boolean bias) {}

  private final Set<KernelSpec> specs = new LinkedHashSet<>();

  private KernelSet() {}

  static List<KernelSpec> all() {
    KernelSet set = new KernelSet();
    for (Shape shape : shapes()) {
      set.model(shape);
    }
    set.everyType();
    set.everyHead();
    set.specs.add(KernelSpec.of("stream_read").with("CTAS", CTAS));
    set.specs.add(SamplingKernels.sample(1000));
    set.specs.add(SamplingKernels.sample(SamplingKernels.MAX_VOCABULARY));
    set.specs.add(SamplingKernels.masked(SamplingKernels.sample(SamplingKernels.MAX_VOCABULARY)));
    return new ArrayList<>(set.specs);
  }

  private static List<Shape> shapes() {
    return List.of(
        new Shape(
            "Qwen3-30B-A3B Q4_K_M",
            2048,
            32,
            4,
            128,
            new Experts(2048, 768, 128, 8),
            151_936,
            TensorType.Q4_K,
            TensorType.Q6_K,
            TensorType.Q6_K,
            false),
        new Shape(
            "Qwen3-0.6B Q8_0",
            1024,
            16,
            8,
            128,
            new Experts(1024, 3072, 1, 1),
            151_936,
            TensorType.Q8_0,
            TensorType.Q8_0,
            TensorType.Q8_0,
            false),
        new Shape(
            "Qwen3-4B Q4_K_M",
            2560,
            32,
            8,
            128,
            new Experts(2560, 9728, 1, 1),
            151_936,
            TensorType.Q4_K,
            TensorType.Q6_K,
            TensorType.Q6_K,
            false),
        new Shape(
            "Llama-3.2-1B Q4_0",
            2048,
            32,
            8,
            64,
            new Experts(2048, 8192, 1, 1),
            128_256,
            TensorType.Q4_0,
            TensorType.Q4_0,
            TensorType.Q6_K,
            false),
        new Shape(
            "Qwen2.5-0.5B F16",
            896,
            14,
            2,
            64,
            new Experts(896, 4864, 1, 1),
            151_936,
            TensorType.F16,
            TensorType.F16,
            TensorType.F16,
            true));
  }

  private void model(Shape s) {
    TensorType a = s.attention();
    TensorType v = s.value();
    int q = s.queryHeads() * s.headSize();
    int kv = s.keyValueHeads() * s.headSize();
    Experts e = s.experts();
    specs.add(Kernels.embed(a, s.hidden(), s.vocabulary()));
    specs.add(Kernels.sampleGreedy(s.vocabulary()));
    specs.add(SamplingKernels.masked(Kernels.sampleGreedy(s.vocabulary())));
    specs.add(SamplingKernels.sample(s.vocabulary()));
    specs.add(SamplingKernels.masked(SamplingKernels.sample(s.vocabulary())));
    Heads heads = new Heads(s.queryHeads(), s.keyValueHeads(), s.headSize());
    for (KvFormat format : List.of(KvFormat.F16, KvFormat.Q8)) {
      KvLayout layout = new KvLayout(format, s.keyValueHeads(), s.headSize(), 64);
      specs.addAll(attention(heads, layout, Rope.Pairing.NEOX, 0));
    }
    for (int rows : new int[] {1, 8}) {
      for (TensorType finer : new LinkedHashSet<>(List.of(a, v))) {
        int group = Kernels.group(s.hidden(), rows, a, finer);
        specs.add(
            Kernels.attnIn(
                s.hidden(),
                new Matrix(a, q),
                new Matrix(a, kv),
                new Matrix(finer, kv),
                s.bias(),
                EPSILON,
                group,
                CTAS));
      }
      specs.add(Kernels.attnOut(a, s.hidden(), q, false, Kernels.group(q, rows, a), CTAS));
      specs.add(
          Kernels.logits(
              s.head(),
              s.vocabulary(),
              s.hidden(),
              EPSILON,
              Kernels.group(s.hidden(), rows, s.head()),
              CTAS));
      int most = Math.min(rows, Kernels.MAX_EXPERT_IN_GROUP);
      int group = e.experts() == 1 ? Kernels.group(s.hidden(), most, a) : 1;
      specs.add(Kernels.expertIn(e, a, a, EPSILON, group, CTAS));
      for (TensorType finer : new LinkedHashSet<>(List.of(a, v))) {
        if (e.experts() == 1) {
          specs.add(
              Kernels.attnOut(
                  finer,
                  s.hidden(),
                  e.width(),
                  false,
                  Kernels.group(e.width(), rows, finer),
                  CTAS));
        } else {
          specs.add(Kernels.expertOut(e, finer, CTAS));
        }
      }
    }
    if (e.experts() > 1) {
      grouped(e, a, v);
      tiled(e, a, v);
      specs.add(
          Kernels.router(TensorType.F32, s.hidden(), e.experts(), softmax(e.active()), EPSILON));
      specs.add(TiledKernels.routerScores(TensorType.F32, s.hidden(), e.experts(), EPSILON));
      specs.add(TiledKernels.routerChoice(e.experts(), softmax(e.active())));
    }
  }

  private void grouped(Experts e, TensorType type, TensorType finer) {
    int tile = Kernels.tile(e, type, finer);
    specs.add(Kernels.expertGroups(e, tile));
    specs.add(Kernels.expertInGrouped(e, type, type, EPSILON, tile, 4));
    specs.add(Kernels.expertOutGrouped(e, type, tile, 4));
    specs.add(Kernels.expertOutGrouped(e, finer, tile, 4));
    specs.add(Kernels.expertSum(e));
  }

  /** For many rows of a model whose matrices come in whole blocks. */
  private void tiled(Experts e, TensorType type, TensorType finer) {
    for (TensorType of : new LinkedHashSet<>(List.of(type, finer))) {
      if (!TiledKernels.supports(of, e.hidden(), e.width())
          || !TiledKernels.supports(of, e.width(), e.hidden())) {
        continue;
      }
      int tile = TiledKernels.MAX_TILE;
      specs.add(TiledKernels.linear(of, e.width(), e.hidden(), true, true, tile));
      specs.add(TiledKernels.expertIn(e, of, tile));
      specs.add(TiledKernels.expertOut(e, of, tile));
      specs.add(TiledKernels.rowHalves(e.width()));
      specs.add(TiledKernels.normedHalves(e.hidden(), EPSILON));
    }
  }

  private void everyType() {
    Experts experts = new Experts(512, 256, 16, 4);
    Experts dense = new Experts(512, 256, 1, 1);
    for (TensorType type : Kernels.WEIGHT_TYPES) {
      Matrix matrix = new Matrix(type, 512);
      specs.add(Kernels.embed(type, 512, 1000));
      specs.add(Kernels.dequantise(type, 1000, 512));
      specs.add(Kernels.attnIn(512, matrix, matrix, matrix, true, EPSILON, 1, CTAS));
      specs.add(Kernels.attnOut(type, 512, 512, true, 1, CTAS));
      specs.add(Kernels.logits(type, 1000, 512, EPSILON, 1, CTAS));
      grouped(experts, type, type);
      tiled(experts, type, type);
      specs.add(Kernels.expertIn(experts, type, type, EPSILON, 1, CTAS));
      specs.add(Kernels.expertIn(dense, type, type, EPSILON, 2, CTAS));
      specs.add(Kernels.expertOut(experts, type, CTAS));
      if (Kernels.isFloat(type)) {
        specs.add(Kernels.router(type, 512, 16, softmax(4), EPSILON));
        specs.add(TiledKernels.routerScores(type, 512, 16, EPSILON));
      }
    }
    specs.add(
        Kernels.router(
            TensorType.F32,
            2048,
            512,
            new Gating(Gating.Score.SIGMOID, 16, Gating.Weighting.AS_SCORED, 2.5f),
            EPSILON));
  }

  private void everyHead() {
    for (int size : new int[] {64, 128, 256, 512}) {
      for (KvFormat format : List.of(KvFormat.F16, KvFormat.Q8)) {
        Heads heads = new Heads(32, 4, size);
        specs.addAll(attention(heads, new KvLayout(format, 4, size, 64), Rope.Pairing.NEOX, 0));
      }
    }
    Heads ungrouped = new Heads(12, 12, 64);
    specs.addAll(
        attention(ungrouped, new KvLayout(KvFormat.F16, 12, 64, 16), Rope.Pairing.NORMAL, 4096));
  }

  private static List<KernelSpec> attention(
      Heads heads, KvLayout layout, Rope.Pairing pairing, int window) {
    float scale = (float) (1 / Math.sqrt(heads.size()));
    Rotation rotation =
        new Rotation(
            new Rope(pairing, new float[heads.size() / 2], 1), true, EPSILON, true, EPSILON);
    int splits = Kernels.attentionSplits(heads, 1, CTAS / 2);
    return List.of(
        Kernels.ropeKv(heads, layout, rotation),
        Kernels.attention(heads, layout, scale, window, splits),
        Kernels.fusedAttention(heads, layout, rotation, scale, window, splits));
  }

  private static Gating softmax(int active) {
    return new Gating(Gating.Score.SOFTMAX, active, Gating.Weighting.NORMALIZED, 1);
  }
}
