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
 * expert is counted, not sorted: no work item waits for another one's choice. Four work items count
 * for an expert, since each step of counting waits for local memory.
 *
 * <p>One group of 512 work items for each row; local memory 6.1 KiB. Moves 4 bytes an expert.
 */
public final class TopK {
  private static final int GROUP = 512;
  private static final int EXPERTS = 512;

  /** Work items that count for an expert. */
  private static final int COUNTING = 4;

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
        new Geometry(rows, GROUP),
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
    int[] before = context.allocateIntLocalArray(GROUP);
    float[] chosen = context.allocateFloatLocalArray(Gating.MAX_ACTIVE);
    if (item < count) {
      values[item] = gates.get(row * count + item);
    }
    context.localBarrier();
    int part = item % COUNTING;
    for (int start = 0; start < count; start += GROUP / COUNTING) {
      int e = start + item / COUNTING;
      int counted = 0;
      if (e < count) {
        float value = values[e];
        for (int other = part; other < count; other += COUNTING) {
          if (values[other] > value || (values[other] == value && other < e)) {
            counted++;
          }
        }
      }
      before[item] = counted;
      context.localBarrier();
      if (part == 0 && e < count) {
        int rank = before[item] + before[item + 1] + before[item + 2] + before[item + 3];
        if (rank < active) {
          experts.set(row * active + rank, e);
          chosen[rank] = values[e];
        }
      }
      context.localBarrier();
    }
    float largest = chosen[0];
    float total = 0;
    if (normalized == 1) {
      for (int i = 0; i < active; i++) {
        total += TornadoMath.exp(chosen[i] - largest);
      }
    } else {
      float[] sums = context.allocateFloatLocalArray(GROUP);
      sums[item] = item < count ? TornadoMath.exp(values[item] - largest) : 0;
      for (int stride = GROUP / 2; stride > 0; stride >>= 1) {
        context.localBarrier();
        if (item < stride) {
          sums[item] += sums[item + stride];
        }
      }
      context.localBarrier();
      total = sums[0];
    }
    if (item < active) {
      weights.set(row * active + item, TornadoMath.exp(chosen[item] - largest) / total * scale);
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
    int[] before = context.allocateIntLocalArray(GROUP);
    float[] chosen = context.allocateFloatLocalArray(Gating.MAX_ACTIVE);
    if (item < count) {
      values[item] = gates.get(row * count + item);
    }
    context.localBarrier();
    int part = item % COUNTING;
    for (int start = 0; start < count; start += GROUP / COUNTING) {
      int e = start + item / COUNTING;
      int counted = 0;
      if (e < count) {
        float value = values[e];
        for (int other = part; other < count; other += COUNTING) {
          if (values[other] > value || (values[other] == value && other < e)) {
            counted++;
          }
        }
      }
      before[item] = counted;
      context.localBarrier();
      if (part == 0 && e < count) {
        int rank = before[item] + before[item + 1] + before[item + 2] + before[item + 3];
        if (rank < active) {
          experts.set(row * active + rank, e);
          chosen[rank] = values[e];
        }
      }
      context.localBarrier();
    }
    if (item < active) {
      float total = 1;
      if (normalized == 1) {
        total = 0;
        for (int i = 0; i < active; i++) {
          total += 1 / (1 + TornadoMath.exp(-chosen[i]));
        }
      }
      weights.set(row * active + item, scale / (1 + TornadoMath.exp(-chosen[item])) / total);
    }
  }
}
