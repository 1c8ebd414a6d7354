package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Down projections of all chosen experts in one launch, weighted and added to the hidden state, for
 * quantised weights and activations. One to four warps own an output value and share the pieces of
 * all experts: no atomics, the same bits every time.
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
    int outputs = rows * down.rows();
    int warps = Geometry.warpsSharing(outputs, active * down.columns() / 32);
    return KernelTask.of(
        QuantExpertOut.class,
        "down",
        Geometry.ofWarps(outputs * warps),
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
        scalar(rows),
        scalar(warps));
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
      int rows,
      int warps) {
    int lanes = Geometry.WARP * warps;
    int target = context.globalIdx / lanes;
    int lane = context.localIdx % lanes;
    int pieces = width / 32;
    int all = expertCount * outputs * pieces;
    float own = 0;
    if (target < rows * outputs) {
      int first = target / outputs * active;
      for (int p = lane; p < active * pieces; p += lanes) {
        int i = first + p / pieces;
        int small = (experts.get(i) * outputs + target % outputs) * pieces + p % pieces;
        int block = small >> 3;
        int run = first * pieces + p;
        int start = run - (p % pieces & 7);
        float product;
        if (type <= Blocks.AFFINE) {
          product = AffineBlocks.piece(type, down, block, small & 7, q, scales, start);
        } else if (type == Blocks.Q6_K) {
          int halves = all / 8 * Q6K.INTS;
          product = Q6K.piece(down, halves, block, small & 7, q, scales, start);
        } else {
          product = Blocks.smallPiece(type, down, all, small, q, scales, run);
        }
        own += weights.get(i) * product;
      }
    }
    float sum = Intrinsics.sum(context, own, warps);
    if (lane == 0 && target < rows * outputs) {
      x.set(target, x.get(target) + sum);
    }
  }
}
