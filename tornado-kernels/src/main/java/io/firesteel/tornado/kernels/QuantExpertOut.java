package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Down projections of all chosen experts in one launch, weighted and added to the hidden state, for
 * quantised weights and activations. Each warp owns an output value and sums over the experts: no
 * atomics, the same bits every time.
 *
 * <p>Local memory 512 bytes. Moves the bytes of the chosen experts' weights.
 */
public final class QuantExpertOut {
  private QuantExpertOut() {}

  static KernelTask task(
      Activations a,
      IntArray experts,
      FloatArray weights,
      Weights down,
      FloatArray x,
      int rows,
      int active) {
    return KernelTask.of(
        QuantExpertOut.class,
        "down",
        Geometry.ofWarps(rows * down.rows()),
        in(down.ints()),
        in(a.quants()),
        in(a.scales()),
        in(experts),
        in(weights),
        inOut(x),
        scalar(Blocks.number(down.type())),
        scalar(down.experts()),
        scalar(down.rows()),
        scalar(down.columns()),
        scalar(active),
        scalar(rows));
  }

  /** The kernel. */
  public static void down(
      KernelContext context,
      IntArray down,
      IntArray q,
      FloatArray scales,
      IntArray experts,
      FloatArray weights,
      FloatArray x,
      int type,
      int expertCount,
      int outputs,
      int width,
      int active,
      int rows) {
    int lane = context.localIdx & 31;
    int warp = context.globalIdx >> 5;
    float own = 0;
    if (warp < rows * outputs) {
      int all = expertCount * outputs;
      int first = warp / outputs * active;
      for (int i = first; i < first + active; i++) {
        int weightRow = experts.get(i) * outputs + warp % outputs;
        float dot;
        if (type <= Blocks.AFFINE) {
          dot = AffineBlocks.dot(type, down, weightRow, width, q, scales, i, lane);
        } else if (type == Blocks.Q6_K) {
          dot = Q6K.dot(down, all, weightRow, width, q, scales, i, lane);
        } else {
          dot = Blocks.smallDot(type, down, all, weightRow, width, q, scales, i, lane);
        }
        own += weights.get(i) * dot;
      }
    }
    float sum = Intrinsics.warpSum(context, own);
    if (lane == 0 && warp < rows * outputs) {
      x.set(warp, x.get(warp) + sum);
    }
  }
}
