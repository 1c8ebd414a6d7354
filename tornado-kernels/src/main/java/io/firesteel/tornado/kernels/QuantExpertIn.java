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
      int pieces = columns / 32;
      int all = expertCount * width * pieces;
      int first = (experts.get(target / width) * width + target % width) * pieces;
      int run = target / (width * active) * pieces;
      // Both in one loop: they share the loads of activations.
      for (int p = lane; p < pieces; p += lanes) {
        int small = first + p;
        int block = small >> 3;
        if (gateType <= Blocks.AFFINE) {
          gateOwn += AffineBlocks.piece(gateType, gate, block, p & 7, q, scales, run + p - (p & 7));
        } else if (gateType == Blocks.Q6_K) {
          gateOwn +=
              Q6K.piece(gate, all / 8 * Q6K.INTS, block, p & 7, q, scales, run + p - (p & 7));
        } else {
          gateOwn += Blocks.smallPiece(gateType, gate, all, small, q, scales, run + p);
        }
        if (upType <= Blocks.AFFINE) {
          upOwn += AffineBlocks.piece(upType, up, block, p & 7, q, scales, run + p - (p & 7));
        } else if (upType == Blocks.Q6_K) {
          upOwn += Q6K.piece(up, all / 8 * Q6K.INTS, block, p & 7, q, scales, run + p - (p & 7));
        } else {
          upOwn += Blocks.smallPiece(upType, up, all, small, q, scales, run + p);
        }
      }
    }
    float g = Intrinsics.sum(context, gateOwn, warps);
    float u = Intrinsics.sum(context, upOwn, warps);
    if (lane == 0 && target < rows * active * width) {
      y.set(target, g / (1 + TornadoMath.exp(-g)) * u);
    }
  }
}
