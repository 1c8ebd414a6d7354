package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import io.firesteel.model.ops.Gating;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Chooses the {@code active} experts with the largest gate outputs of each row, the lower id first
 * among equals, and computes their weights; {@link Gating} has the definition. The rank of an
 * expert is counted, not sorted: no work item waits for another one's choice.
 *
 * <p>One group of 128 work items for each row; local memory 2.6 KiB. Moves 4 bytes an expert.
 */
public final class TopK {
  private static final int GROUP = Geometry.GROUP;
  private static final int EXPERTS = 512;
  private static final float LOWEST = -3e38f;

  private TopK() {}

  static KernelTask task(
      FloatArray gates, Gating gating, IntArray experts, FloatArray weights, int rows, int count) {
    if (count > EXPERTS) {
      throw new IllegalArgumentException(
          "number of experts is " + count + ", expected at most " + EXPERTS);
    }
    return KernelTask.of(
        TopK.class,
        gating.score() == Gating.Score.SOFTMAX ? "softmaxTopK" : "sigmoidTopK",
        Geometry.ofGroups(rows),
        in(gates),
        out(experts),
        out(weights),
        scalar(count),
        scalar(gating.active()),
        scalar(gating.weighting() == Gating.Weighting.NORMALIZED ? 1 : 0),
        scalar(gating.scale()));
  }

  /** The kernel for softmax scores. */
  public static void softmaxTopK(
      KernelContext context,
      FloatArray gates,
      IntArray experts,
      FloatArray weights,
      int count,
      int active,
      int normalized,
      float scale) {
    int item = context.localIdx;
    int row = context.groupIdx;
    float[] values = context.allocateFloatLocalArray(EXPERTS);
    float[] chosen = context.allocateFloatLocalArray(Gating.MAX_ACTIVE);
    float[] scratch = context.allocateFloatLocalArray(GROUP);
    float own = LOWEST;
    for (int e = item; e < count; e += GROUP) {
      float value = gates.get(row * count + e);
      values[e] = value;
      own = value > own ? value : own;
    }
    scratch[item] = own;
    for (int stride = GROUP / 2; stride > 0; stride >>= 1) {
      context.localBarrier();
      if (item < stride) {
        float other = scratch[item + stride];
        scratch[item] = other > scratch[item] ? other : scratch[item];
      }
    }
    context.localBarrier();
    float largest = scratch[0];
    context.localBarrier();
    own = 0;
    for (int e = item; e < count; e += GROUP) {
      own += TornadoMath.exp(values[e] - largest);
    }
    scratch[item] = own;
    for (int stride = GROUP / 2; stride > 0; stride >>= 1) {
      context.localBarrier();
      if (item < stride) {
        scratch[item] += scratch[item + stride];
      }
    }
    context.localBarrier();
    float sum = scratch[0];
    for (int e = item; e < count; e += GROUP) {
      float value = values[e];
      int rank = 0;
      for (int other = 0; other < count; other++) {
        if (values[other] > value || (values[other] == value && other < e)) {
          rank++;
        }
      }
      if (rank < active) {
        experts.set(row * active + rank, e);
        chosen[rank] = TornadoMath.exp(value - largest) / sum;
      }
    }
    context.localBarrier();
    if (item < active) {
      float total = 0;
      for (int i = 0; i < active; i++) {
        total += chosen[i];
      }
      float weight = normalized == 1 ? chosen[item] / total : chosen[item];
      weights.set(row * active + item, weight * scale);
    }
  }

  /** The kernel for sigmoid scores. */
  public static void sigmoidTopK(
      KernelContext context,
      FloatArray gates,
      IntArray experts,
      FloatArray weights,
      int count,
      int active,
      int normalized,
      float scale) {
    int item = context.localIdx;
    int row = context.groupIdx;
    float[] values = context.allocateFloatLocalArray(EXPERTS);
    float[] chosen = context.allocateFloatLocalArray(Gating.MAX_ACTIVE);
    for (int e = item; e < count; e += GROUP) {
      values[e] = gates.get(row * count + e);
    }
    context.localBarrier();
    for (int e = item; e < count; e += GROUP) {
      float value = values[e];
      int rank = 0;
      for (int other = 0; other < count; other++) {
        if (values[other] > value || (values[other] == value && other < e)) {
          rank++;
        }
      }
      if (rank < active) {
        experts.set(row * active + rank, e);
        chosen[rank] = 1 / (1 + TornadoMath.exp(-value));
      }
    }
    context.localBarrier();
    if (item < active) {
      float total = 0;
      for (int i = 0; i < active; i++) {
        total += chosen[i];
      }
      float weight = normalized == 1 ? chosen[item] / total : chosen[item];
      weights.set(row * active + item, weight * scale);
    }
  }
}
