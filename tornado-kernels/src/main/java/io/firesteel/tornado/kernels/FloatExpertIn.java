package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Gate and up projections of all chosen experts and SwiGLU in one launch, for float32 weights:
 * {@code y = silu(Gate_e x) * (Up_e x)}.
 *
 * <p>One warp for each output value; local memory 1 KiB. Moves the bytes of the chosen experts'
 * weights.
 */
public final class FloatExpertIn {
  private FloatExpertIn() {}

  static KernelTask task(
      FloatArray x,
      IntArray experts,
      Weights gate,
      Weights up,
      FloatArray y,
      int rows,
      int active) {
    return KernelTask.of(
        FloatExpertIn.class,
        "swiglu",
        Geometry.ofWarps(rows * active * gate.rows()),
        in(gate.floats()),
        in(up.floats()),
        in(x),
        in(experts),
        out(y),
        scalar(gate.rows()),
        scalar(gate.columns()),
        scalar(active),
        scalar(rows));
  }

  /** The kernel. */
  public static void swiglu(
      KernelContext context,
      FloatArray gate,
      FloatArray up,
      FloatArray x,
      IntArray experts,
      FloatArray y,
      int width,
      int columns,
      int active,
      int rows) {
    int lane = context.localIdx & 31;
    int warp = context.globalIdx >> 5;
    float gateOwn = 0;
    float upOwn = 0;
    if (warp < rows * active * width) {
      int weightRow = experts.get(warp / width) * width + warp % width;
      int row = warp / (width * active);
      gateOwn = FloatGemv.dot(gate, weightRow, x, row, columns, lane, Geometry.WARP);
      upOwn = FloatGemv.dot(up, weightRow, x, row, columns, lane, Geometry.WARP);
    }
    float g = Intrinsics.warpSum(context, gateOwn);
    float u = Intrinsics.warpSum(context, upOwn);
    if (lane == 0 && warp < rows * active * width) {
      y.set(warp, g / (1 + TornadoMath.exp(-g)) * u);
    }
  }
}
