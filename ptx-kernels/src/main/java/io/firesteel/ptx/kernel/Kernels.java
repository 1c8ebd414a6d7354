package io.firesteel.ptx.kernel;

import io.firesteel.loader.TensorType;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.Rope;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The kernels of this module by op: from shapes and types to the {@link KernelSpec} that is fastest
 * for them.
 *
 * <p>Matrices lie on the device as {@link WeightPacking} leaves them; activations are row-major
 * floats. {@code group} is the number of rows (tokens) that share one pass over the weights; a
 * launch takes any number of rows. {@code ctas} is the number of CTAs that share the work of a
 * group, two for each multiprocessor of the device.
 */
public final class Kernels {
  /** Weight types that every kernel with a weight matrix takes. */
  public static final Set<TensorType> WEIGHT_TYPES =
      Set.copyOf(
          EnumSet.of(
              TensorType.F32,
              TensorType.F16,
              TensorType.BF16,
              TensorType.Q4_0,
              TensorType.Q8_0,
              TensorType.Q4_K,
              TensorType.Q5_K,
              TensorType.Q6_K));

  /** Largest number of rows that share a pass over the weights. */
  public static final int MAX_GROUP = 8;

  /**
   * CTAs that share a row of logits in {@link #sampleGreedy}, which needs a pair of words of each.
   */
  public static final int GREEDY_CTAS = 32;

  private static final int HEADS_PER_CTA = 8;
  private static final int MAX_SPLITS = 128;
  private static final int STAGED_RUN = 2048;
  private static final int WARPS = 8;
  private static final int MAX_SLOTS = 4;

  /** So that four CTAs of 256 threads fit on a multiprocessor: two kernels at a time. */
  private static final int STAGED_REGISTERS = 64;

  private Kernels() {}

  /** Whether weights of this type are multiplied as floats rather than as signed bytes. */
  static boolean isFloat(TensorType type) {
    return type == TensorType.F32 || type == TensorType.F16 || type == TensorType.BF16;
  }

  /**
   * The largest group (1, 2, 4 or 8) whose activations fit into shared memory and registers.
   *
   * @param columns inputs of the matrices
   * @param rows number of rows that there are to group
   * @param types types of the matrices
   * @throws IllegalArgumentException if not even one row fits
   */
  public static int group(int columns, int rows, TensorType... types) {
    long padded = Math.ceilDiv(columns, STAGED_RUN) * (long) STAGED_RUN;
    boolean floats = IntStream.range(0, types.length).anyMatch(i -> isFloat(types[i]));
    boolean bytes = IntStream.range(0, types.length).anyMatch(i -> !isFloat(types[i]));
    long perRow = 32 + (bytes ? padded / 4 * 5 + 64 : 0) + (floats ? padded * 4 + 128 : 0);
    // Longer rows take several loads of each row of weights, which leaves registers for fewer sums.
    int group = columns > STAGED_RUN ? MAX_GROUP / 2 : MAX_GROUP;
    while (group > 1 && (group / 2 >= rows || group * perRow > Limits.STATIC_SHARED_BYTES)) {
      group /= 2;
    }
    if (perRow > Limits.STATIC_SHARED_BYTES) {
      throw new IllegalArgumentException(
          "a row of "
              + columns
              + " activations takes "
              + perRow
              + " bytes of shared memory, expected at most "
              + Limits.STATIC_SHARED_BYTES);
    }
    return group;
  }

  /** The embedding of tokens: {@code embed.ptx}. */
  public static KernelSpec embed(TensorType type, int hidden, int vocabulary) {
    return KernelSpec.of("embed")
        .with("TYPE", type.id())
        .with("HIDDEN", hidden)
        .with("VOCABULARY", vocabulary);
  }

  /** A matrix in floats: {@code dequantise.ptx}. */
  public static KernelSpec dequantise(TensorType type, int rows, int columns) {
    return KernelSpec.of("dequantise")
        .with("TYPE", type.id())
        .with("ROWS", rows)
        .with("COLUMNS", columns);
  }

  /**
   * A projection of {@link #attnIn}.
   *
   * @param type weight type
   * @param rows outputs
   */
  public record Matrix(TensorType type, int rows) {}

  /** Norm and query, key and value projections: {@code attn_in.ptx}. */
  public static KernelSpec attnIn(
      int hidden, Matrix q, Matrix k, Matrix v, boolean bias, float epsilon, int group, int ctas) {
    KernelSpec spec =
        KernelSpec.of("attn_in")
            .with("HIDDEN", hidden)
            .with("Q_ROWS", q.rows())
            .with("K_ROWS", k.rows())
            .with("V_ROWS", v.rows())
            .with("Q_TYPE", q.type().id())
            .with("K_TYPE", k.type().id())
            .with("V_TYPE", v.type().id())
            .with("BIAS", bias ? 1 : 0)
            .with("EPS", epsilon);
    int rows = Math.ceilDiv(q.rows() + k.rows() + v.rows(), ctas);
    long slot = slot(hidden, q.type(), k.type(), v.type());
    return group == 1 && staged(slot, hidden)
        ? staged(spec, slot, hidden, rows, ctas)
        : tuned(spec, hidden, group, ctas, q.type(), k.type(), v.type());
  }

  /**
   * A projection added to the hidden state, such as attention's output or a dense down projection:
   * {@code attn_out.ptx}.
   */
  public static KernelSpec attnOut(
      TensorType type, int rows, int columns, boolean bias, int group, int ctas) {
    KernelSpec spec =
        KernelSpec.of("attn_out")
            .with("TYPE", type.id())
            .with("ROWS", rows)
            .with("COLUMNS", columns)
            .with("BIAS", bias ? 1 : 0);
    long slot = slot(columns, type);
    return group == 1 && staged(slot, columns)
        ? staged(spec, slot, columns, Math.ceilDiv(rows, ctas), ctas)
        : tuned(spec, columns, group, ctas, type);
  }

  /** Final norm and output head: {@code logits.ptx}. */
  public static KernelSpec logits(
      TensorType type, int vocabulary, int hidden, float epsilon, int group, int ctas) {
    KernelSpec spec =
        KernelSpec.of("logits")
            .with("TYPE", type.id())
            .with("ROWS", vocabulary)
            .with("COLUMNS", hidden)
            .with("EPS", epsilon);
    long slot = slot(hidden, type);
    if (group == 1 && staged(slot, hidden)) {
      return staged(spec, slot, hidden, Math.ceilDiv(vocabulary, ctas), ctas);
    }
    KernelSpec tuned = tuned(spec, hidden, group, ctas, type);
    return type == TensorType.Q6_K && group == 1 && hidden <= STAGED_RUN
        ? tuned.with("SLOTS", 2).with("REGISTERS", 112)
        : tuned;
  }

  /**
   * What happens to queries and keys before attention.
   *
   * @param rope rotary position embedding
   * @param queryNorm whether query heads are normed
   * @param queryEpsilon epsilon of that norm
   * @param keyNorm whether key heads are normed
   * @param keyEpsilon epsilon of that norm
   */
  public record Rotation(
      Rope rope, boolean queryNorm, float queryEpsilon, boolean keyNorm, float keyEpsilon) {}

  /** Norm and rotation of queries and keys, append to the KV cache: {@code rope_kv.ptx}. */
  public static KernelSpec ropeKv(Heads heads, KvLayout layout, Rotation rotation) {
    return rotated(cached(KernelSpec.of("rope_kv"), heads, layout), rotation);
  }

  /**
   * Flash-decode over queries and keys that {@link #ropeKv} has prepared: {@code attention.ptx}.
   */
  public static KernelSpec attention(
      Heads heads, KvLayout layout, float scale, int window, int splits) {
    return cached(KernelSpec.of("attention"), heads, layout)
        .with("SCALE", scale)
        .with("WINDOW", window)
        .with("SPLITS", splits);
  }

  /**
   * {@link #ropeKv} and {@link #attention} in one launch, for steps in which every row is the
   * newest position of a sequence of its own.
   */
  public static KernelSpec fusedAttention(
      Heads heads, KvLayout layout, Rotation rotation, float scale, int window, int splits) {
    return rotated(attention(heads, layout, scale, window, splits), rotation).with("FUSED", 1);
  }

  /**
   * CTAs along y of {@link #attention}: one for each eight query heads that share a key/value head.
   */
  public static int attentionSets(Heads heads) {
    return heads.keyValues() * Math.ceilDiv(heads.group(), HEADS_PER_CTA);
  }

  /**
   * Floats of scratch that {@link #attention} needs as {@code partials}; it needs rows times sets
   * counters.
   */
  public static long attentionPartials(Heads heads, int rows, int splits) {
    return (long) rows * attentionSets(heads) * splits * (2 + heads.size()) * HEADS_PER_CTA;
  }

  /** Splits of {@link #attention} that give each of the device's multiprocessors one CTA. */
  public static int attentionSplits(Heads heads, int rows, int multiprocessors) {
    return Math.clamp(multiprocessors / (rows * attentionSets(heads)), 1, MAX_SPLITS);
  }

  private static KernelSpec cached(KernelSpec spec, Heads heads, KvLayout layout) {
    return spec.with("Q_HEADS", heads.queries())
        .with("KV_HEADS", heads.keyValues())
        .with("HEAD", heads.size())
        .with("FORMAT", code(layout.format()))
        .with("PAGE_TOKENS", layout.pageTokens());
  }

  private static KernelSpec rotated(KernelSpec spec, Rotation r) {
    return spec.with("PAIRS", r.rope().frequencies().length)
        .with("NEOX", r.rope().pairing() == Rope.Pairing.NEOX ? 1 : 0)
        .with("MAGNITUDE", r.rope().magnitude())
        .with("Q_NORM", r.queryNorm() ? 1 : 0)
        .with("Q_EPS", r.queryEpsilon())
        .with("K_NORM", r.keyNorm() ? 1 : 0)
        .with("K_EPS", r.keyEpsilon());
  }

  /** Norm, gate projection and choice of experts: {@code router.ptx}, for float gates. */
  public static KernelSpec router(
      TensorType type, int hidden, int experts, Gating gating, float epsilon) {
    KernelSpec spec =
        KernelSpec.of("router")
            .with("TYPE", type.id())
            .with("HIDDEN", hidden)
            .with("EXPERTS", experts)
            .with("EPS", epsilon);
    return gated(spec, gating);
  }

  /** A kernel that chooses experts in this way. */
  static KernelSpec gated(KernelSpec spec, Gating gating) {
    return spec.with("ACTIVE", gating.active())
        .with("SIGMOID", gating.score() == Gating.Score.SIGMOID ? 1 : 0)
        .with("NORMALIZED", gating.weighting() == Gating.Weighting.NORMALIZED ? 1 : 0)
        .with("SCALE", gating.scale());
  }

  /** {@link #router} without the choice, which {@link #choosing} kernels make for themselves. */
  public static KernelSpec routerScores(TensorType type, int hidden, int experts, float epsilon) {
    return KernelSpec.of("router")
        .with("TYPE", type.id())
        .with("HIDDEN", hidden)
        .with("EXPERTS", experts)
        .with("ACTIVE", 1)
        .with("EPS", epsilon)
        .with("CHOOSE", 0);
  }

  /** Whether {@link #choosing} kernels can choose this way. */
  public static boolean choosable(Gating gating) {
    return gating.weighting() == Gating.Weighting.NORMALIZED;
  }

  /** {@link #expertIn} or {@link #expertOut} that choose the experts from the router's scores. */
  public static KernelSpec choosing(KernelSpec expertKernel, Gating gating) {
    return expertKernel
        .with("CHOICE", 1)
        .with("SIGMOID", gating.score() == Gating.Score.SIGMOID ? 1 : 0)
        .with("SCALE", gating.scale());
  }

  /**
   * The shape of a layer's experts.
   *
   * @param hidden width of the hidden state
   * @param width inner width of an expert
   * @param experts how many there are; 1 for a dense layer
   * @param active how many each token passes through
   */
  public record Experts(int hidden, int width, int experts, int active) {}

  /** Largest group of {@link #expertIn}, which keeps two sums for each row. */
  public static final int MAX_EXPERT_IN_GROUP = 2;

  /**
   * Norm, gate and up projections, SwiGLU: {@code expert_in.ptx}. The group is 1 where there are
   * several experts.
   */
  public static KernelSpec expertIn(
      Experts shape, TensorType gate, TensorType up, float epsilon, int group, int ctas) {
    KernelSpec spec =
        shaped("expert_in", shape)
            .with("GATE_TYPE", gate.id())
            .with("UP_TYPE", up.id())
            .with("EPS", epsilon);
    long gateSlot = slot(shape.hidden(), gate);
    long upSlot = slot(shape.hidden(), up);
    long slot = gateSlot == 0 || upSlot == 0 ? 0 : gateSlot + upSlot;
    if (group == 1 && staged(slot, shape.hidden())) {
      int rows = Math.ceilDiv(shape.active() * shape.width(), ctas);
      return staged(spec, slot, shape.hidden(), rows, ctas);
    }
    KernelSpec tuned = tuned(spec, shape.hidden(), group, ctas, gate, up);
    return group > 1 ? tuned.with("REGISTERS", 160) : tuned;
  }

  /**
   * Down projections of the chosen experts, weighted and added to the hidden state: {@code
   * expert_out.ptx}.
   */
  public static KernelSpec expertOut(Experts shape, TensorType type, int ctas) {
    KernelSpec spec = shaped("expert_out", shape).with("TYPE", type.id()).with("CTAS", ctas);
    if (isFloat(type)) {
      return spec.with("BUDGET", 16);
    }
    long slot = shape.active() * (rowBytes(type, shape.width()) - scaleBytes(type, shape.width()));
    long needed = WARPS * slot + activationBytes(shape.active() * shape.width());
    return needed <= Limits.STATIC_SHARED_BYTES && Math.ceilDiv(shape.hidden(), ctas) <= 2 * WARPS
        ? spec.with("STAGED", 1).with("REGISTERS", STAGED_REGISTERS)
        : spec;
  }

  /**
   * Rows that share a pass over an expert's weights in the grouped kernels: 8, or fewer where
   * shared memory is short.
   */
  public static int tile(Experts shape, TensorType... types) {
    return group(Math.max(shape.hidden(), shape.width()), MAX_GROUP, types);
  }

  /** Most tiles that {@link #expertGroups} can make of {@code rows} rows. */
  public static int maxTiles(Experts shape, int rows, int tile) {
    int pairs = rows * shape.active();
    return Math.ceilDiv(pairs, tile) + Math.min(shape.experts(), pairs);
  }

  /** Rows sorted by the experts that they chose, in tiles: {@code expert_groups.ptx}. */
  public static KernelSpec expertGroups(Experts shape, int tile) {
    return KernelSpec.of("expert_groups")
        .with("EXPERTS", shape.experts())
        .with("ACTIVE", shape.active())
        .with("TILE", tile);
  }

  /** {@link #expertIn} for many rows, tile by tile: {@code expert_in_grouped.ptx}. */
  public static KernelSpec expertInGrouped(
      Experts shape, TensorType gate, TensorType up, float epsilon, int tile, int ctas) {
    return grouped("expert_in_grouped", shape, tile, ctas)
        .with("GATE_TYPE", gate.id())
        .with("UP_TYPE", up.id())
        .with("EPS", epsilon);
  }

  /**
   * {@link #expertOut} for many rows, tile by tile: {@code expert_out_grouped.ptx}. What it leaves
   * is added up by {@link #expertSum}.
   */
  public static KernelSpec expertOutGrouped(Experts shape, TensorType type, int tile, int ctas) {
    return grouped("expert_out_grouped", shape, tile, ctas).with("TYPE", type.id());
  }

  /** The sum of what {@link #expertOutGrouped} has left: {@code expert_sum.ptx}. */
  public static KernelSpec expertSum(Experts shape) {
    return KernelSpec.of("expert_sum")
        .with("HIDDEN", shape.hidden())
        .with("ACTIVE", shape.active());
  }

  private static KernelSpec grouped(String template, Experts shape, int tile, int ctas) {
    return shaped(template, shape).with("R", tile).with("CTAS", ctas);
  }

  /** A kernel of experts' products, with their shape. */
  static KernelSpec shaped(String template, Experts shape) {
    return KernelSpec.of(template)
        .with("HIDDEN", shape.hidden())
        .with("WIDTH", shape.width())
        .with("EXPERTS", shape.experts())
        .with("ACTIVE", shape.active());
  }

  /** The largest logit of each row, and the step to the next token: {@code sample_greedy.ptx}. */
  public static KernelSpec sampleGreedy(int vocabulary) {
    return KernelSpec.of("sample_greedy").with("VOCABULARY", vocabulary).with("CTAS", GREEDY_CTAS);
  }

  private static long rowBytes(TensorType type, int columns) {
    return type.bytes(columns);
  }

  /** Bytes of a row's scales in the plane of their own. */
  private static long scaleBytes(TensorType type, int columns) {
    return switch (type) {
      case Q6_K -> columns / 128;
      case Q8_0, Q4_0 -> columns / 16;
      default -> 0;
    };
  }

  /** Shared memory of a row of activations as signed bytes. */
  private static long activationBytes(int columns) {
    long padded = Math.ceilDiv(columns, STAGED_RUN) * (long) STAGED_RUN;
    return padded / 4 * 5 + 64 + 32;
  }

  /** Bytes of the longest row, or 0 if not all of them can be copied 16 bytes at a time. */
  private static long slot(int columns, TensorType... types) {
    long longest = 0;
    for (TensorType type : types) {
      if (isFloat(type) || scaleBytes(type, columns) % 16 != 0) {
        return 0;
      }
      longest = Math.max(longest, rowBytes(type, columns));
    }
    return longest;
  }

  /** Whether a row for each warp of the CTA fits into shared memory beside the activations. */
  private static boolean staged(long slot, int columns) {
    return slot > 0 && slots(slot, columns) > 0;
  }

  private static int slots(long slot, int columns) {
    return (int) ((Limits.STATIC_SHARED_BYTES - activationBytes(columns)) / (WARPS * slot));
  }

  /** Weights on their way in shared memory: as many rows as a warp has, or as fit. */
  private static KernelSpec staged(KernelSpec spec, long slot, int columns, int rows, int ctas) {
    int slots = Math.min(slots(slot, columns), Math.min(MAX_SLOTS, Math.ceilDiv(rows, WARPS)));
    return spec.with("R", 1)
        .with("CTAS", ctas)
        .with("STAGED", 1)
        .with("SLOTS", slots)
        .with("REGISTERS", STAGED_REGISTERS);
  }

  /**
   * Registers for weights in flight: many for one row, few where several rows need accumulators or
   * a type needs many to unpack.
   */
  private static KernelSpec tuned(
      KernelSpec spec, int columns, int group, int ctas, TensorType... types) {
    KernelSpec sized = spec.with("R", group).with("CTAS", ctas);
    if (group > 1) {
      int registers = columns > STAGED_RUN ? 160 : 128;
      return sized.with("SLOTS", 1).with("BUDGET", 12).with("REGISTERS", registers);
    }
    for (TensorType type : types) {
      if (isFloat(type)) {
        return sized.with("SLOTS", 1).with("BUDGET", 16).with("REGISTERS", 96);
      }
    }
    boolean wide = types[0] == TensorType.Q5_K || types[0] == TensorType.Q6_K;
    if (columns > STAGED_RUN) {
      return sized.with("SLOTS", 1).with("REGISTERS", 128);
    }
    return wide ? sized.with("SLOTS", 1).with("BUDGET", 15) : sized;
  }

  /** The number that stands for a format in templates, as {@code KV_F16} and so on. */
  static long code(KvFormat format) {
    return switch (format) {
      case F32 -> 0;
      case F16 -> 1;
      case Q8 -> 2;
    };
  }
}
