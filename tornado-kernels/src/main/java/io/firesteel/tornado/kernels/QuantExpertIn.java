package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Gate and up projections of all chosen experts and SwiGLU in one launch, for quantised weights and
 * activations: {@code y = silu(Gate_e a) * (Up_e a)}. Gate and up may differ in type.
 *
 * <p>One warp for each output value; local memory 1 KiB. Moves the bytes of the chosen experts'
 * weights.
 */
public final class QuantExpertIn {
  private QuantExpertIn() {}

  static KernelTask task(
      Activations a,
      IntArray experts,
      Weights gate,
      Weights up,
      FloatArray y,
      int rows,
      int active) {
    return KernelTask.of(
        QuantExpertIn.class,
        "swiglu",
        Geometry.ofWarps(rows * active * gate.rows()),
        in(gate.ints()),
        in(up.ints()),
        in(a.quants()),
        in(a.scales()),
        in(experts),
        out(y),
        scalar(Blocks.number(gate.type())),
        scalar(Blocks.number(up.type())),
        scalar(gate.experts()),
        scalar(gate.rows()),
        scalar(gate.columns()),
        scalar(active),
        scalar(rows));
  }

  /** The kernel. */
  public static void swiglu(
      KernelContext context,
      IntArray gate,
      IntArray up,
      IntArray q,
      FloatArray scales,
      IntArray experts,
      FloatArray y,
      int gateType,
      int upType,
      int expertCount,
      int width,
      int columns,
      int active,
      int rows) {
    int lane = context.localIdx & 31;
    int warp = context.globalIdx >> 5;
    float gateOwn = 0;
    float upOwn = 0;
    if (warp < rows * active * width) {
      int all = expertCount * width;
      int weightRow = experts.get(warp / width) * width + warp % width;
      int row = warp / (width * active);
      if (gateType <= Blocks.AFFINE) {
        gateOwn = AffineBlocks.dot(gateType, gate, weightRow, columns, q, scales, row, lane);
      } else if (gateType == Blocks.Q6_K) {
        gateOwn = Q6K.dot(gate, all, weightRow, columns, q, scales, row, lane);
      } else {
        gateOwn = Blocks.smallDot(gateType, gate, all, weightRow, columns, q, scales, row, lane);
      }
      if (upType <= Blocks.AFFINE) {
        upOwn = AffineBlocks.dot(upType, up, weightRow, columns, q, scales, row, lane);
      } else if (upType == Blocks.Q6_K) {
        upOwn = Q6K.dot(up, all, weightRow, columns, q, scales, row, lane);
      } else {
        upOwn = Blocks.smallDot(upType, up, all, weightRow, columns, q, scales, row, lane);
      }
    }
    float g = Intrinsics.warpSum(context, gateOwn);
    float u = Intrinsics.warpSum(context, upOwn);
    if (lane == 0 && warp < rows * active * width) {
      y.set(warp, g / (1 + TornadoMath.exp(-g)) * u);
    }
  }
}
