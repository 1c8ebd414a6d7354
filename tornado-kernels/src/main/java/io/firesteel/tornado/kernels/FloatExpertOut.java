package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Down projections of all chosen experts in one launch, weighted and added to the hidden state, for
 * float32 weights. Each warp owns an output value and sums over the experts: no atomics, the same
 * bits every time.
 *
 * <p>Local memory 512 bytes. Moves the bytes of the chosen experts' weights.
 */
public final class FloatExpertOut {
  private FloatExpertOut() {}

  static KernelTask task(
      FloatArray activations,
      IntArray experts,
      FloatArray weights,
      Weights down,
      FloatArray x,
      int rows,
      int active) {
    return KernelTask.of(
        FloatExpertOut.class,
        "down",
        Geometry.ofWarps(rows * down.rows()),
        in(down.floats()),
        in(activations),
        in(experts),
        in(weights),
        inOut(x),
        scalar(down.rows()),
        scalar(down.columns()),
        scalar(active),
        scalar(rows));
  }

  /** The kernel. */
  public static void down(
      KernelContext context,
      FloatArray down,
      FloatArray activations,
      IntArray experts,
      FloatArray weights,
      FloatArray x,
      int outputs,
      int width,
      int active,
      int rows) {
    int lane = context.localIdx & 31;
    int warp = context.globalIdx >> 5;
    float own = 0;
    if (warp < rows * outputs) {
      int first = warp / outputs * active;
      for (int i = first; i < first + active; i++) {
        int weightRow = experts.get(i) * outputs + warp % outputs;
        own +=
            weights.get(i)
                * FloatGemv.dot(down, weightRow, activations, i, width, lane, Geometry.WARP);
      }
    }
    float sum = Intrinsics.warpSum(context, own);
    if (lane == 0 && warp < rows * outputs) {
      x.set(warp, x.get(warp) + sum);
    }
  }
}
