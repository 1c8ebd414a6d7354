package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Product of quantised weights with quantised activations: {@code out[r] = W a[r] + bias}, or added
 * to what is in {@code out}. Integer products, sums in float32.
 *
 * <p>One to four warps for each output value: their lanes share a row of weights in pieces of 32
 * elements. Local memory 512 bytes. Moves the bytes of the weights, for each row of activations
 * anew.
 */
public final class QuantGemv {
  private QuantGemv() {}

  /** A launch that overwrites {@code y}. */
  static KernelTask assign(
      Weights weights, Activations a, FloatArray bias, FloatArray y, int rows) {
    return task("assign", weights, a, bias, Argument.out(y), rows);
  }

  /** A launch that adds to {@code y}. */
  static KernelTask add(Weights weights, Activations a, FloatArray bias, FloatArray y, int rows) {
    return task("add", weights, a, bias, inOut(y), rows);
  }

  private static KernelTask task(
      String kernel, Weights weights, Activations a, FloatArray bias, Argument y, int rows) {
    int outputs = rows * weights.rows();
    int warps = Geometry.warpsSharing(outputs, weights.columns() / 32);
    return KernelTask.of(
        QuantGemv.class,
        kernel,
        Geometry.ofWarps(outputs * warps),
        in(weights.ints()),
        in(a.quants()),
        in(a.scales()),
        in(bias),
        y,
        scalar(Blocks.number(weights.type())),
        scalar(weights.rows()),
        scalar(weights.columns()),
        scalar(rows),
        scalar(warps));
  }

  /** The kernel that overwrites {@code y}. */
  public static void assign(
      KernelContext context,
      IntArray weights,
      IntArray q,
      FloatArray scales,
      FloatArray bias,
      FloatArray y,
      int type,
      int outputs,
      int columns,
      int rows,
      int warps) {
    int lanes = Geometry.WARP * warps;
    int target = context.globalIdx / lanes;
    int lane = context.localIdx % lanes;
    int pieces = columns / 32;
    int output = target % outputs;
    int run = target / outputs * pieces;
    float own = 0;
    if (target < rows * outputs) {
      if (type <= Blocks.AFFINE) {
        own = AffineBlocks.rowProduct(type, weights, output, pieces, q, scales, run, lane, lanes);
      } else if (type == Blocks.Q6_K) {
        own = Q6K.rowProduct(weights, outputs, output, pieces, q, scales, run, lane, lanes);
      } else {
        own =
            Blocks.smallRowProduct(
                type, weights, outputs, output, pieces, q, scales, run, lane, lanes);
      }
    }
    float sum = Intrinsics.sum(context, own, warps);
    if (lane == 0 && target < rows * outputs) {
      y.set(target, sum + bias.get(output));
    }
  }

  /** The kernel that adds to {@code y}. */
  public static void add(
      KernelContext context,
      IntArray weights,
      IntArray q,
      FloatArray scales,
      FloatArray bias,
      FloatArray y,
      int type,
      int outputs,
      int columns,
      int rows,
      int warps) {
    int lanes = Geometry.WARP * warps;
    int target = context.globalIdx / lanes;
    int lane = context.localIdx % lanes;
    int pieces = columns / 32;
    int output = target % outputs;
    int run = target / outputs * pieces;
    float own = 0;
    if (target < rows * outputs) {
      if (type <= Blocks.AFFINE) {
        own = AffineBlocks.rowProduct(type, weights, output, pieces, q, scales, run, lane, lanes);
      } else if (type == Blocks.Q6_K) {
        own = Q6K.rowProduct(weights, outputs, output, pieces, q, scales, run, lane, lanes);
      } else {
        own =
            Blocks.smallRowProduct(
                type, weights, outputs, output, pieces, q, scales, run, lane, lanes);
      }
    }
    float sum = Intrinsics.sum(context, own, warps);
    if (lane == 0 && target < rows * outputs) {
      y.set(target, y.get(target) + sum + bias.get(output));
    }
  }
}
