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
 * <p>One to four warps for each output value; local memory 1 KiB. Moves the bytes of the chosen
 * experts' weights.
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
    int outputs = rows * active * gate.rows();
    int warps = Geometry.warpsSharing(outputs, gate.columns() / 32);
    return KernelTask.of(
        QuantExpertIn.class,
        "swiglu",
        Geometry.ofWarps(outputs * warps),
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
        scalar(rows),
        scalar(warps));
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
      int rows,
      int warps) {
    int lanes = Geometry.WARP * warps;
    int target = context.globalIdx / lanes;
    int lane = context.localIdx % lanes;
    float gateOwn = 0;
    float upOwn = 0;
    if (target < rows * active * width) {
      int all = expertCount * width;
      int weightRow = experts.get(target / width) * width + target % width;
      int pieces = columns / 32;
      int run = target / (width * active) * pieces;
      if (gateType <= Blocks.AFFINE) {
        gateOwn =
            AffineBlocks.rowProduct(gateType, gate, weightRow, pieces, q, scales, run, lane, lanes);
      } else if (gateType == Blocks.Q6_K) {
        gateOwn = Q6K.rowProduct(gate, all, weightRow, pieces, q, scales, run, lane, lanes);
      } else {
        gateOwn =
            Blocks.smallRowProduct(
                gateType, gate, all, weightRow, pieces, q, scales, run, lane, lanes);
      }
      if (upType <= Blocks.AFFINE) {
        upOwn = AffineBlocks.rowProduct(upType, up, weightRow, pieces, q, scales, run, lane, lanes);
      } else if (upType == Blocks.Q6_K) {
        upOwn = Q6K.rowProduct(up, all, weightRow, pieces, q, scales, run, lane, lanes);
      } else {
        upOwn =
            Blocks.smallRowProduct(upType, up, all, weightRow, pieces, q, scales, run, lane, lanes);
      }
    }
    float g = Intrinsics.sum(context, gateOwn, warps);
    float u = Intrinsics.sum(context, upOwn, warps);
    if (lane == 0 && target < rows * active * width) {
      y.set(target, g / (1 + TornadoMath.exp(-g)) * u);
    }
  }
}
