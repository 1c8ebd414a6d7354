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
 * <p>One warp for each output value: its lanes share a row of weights int by int, so that a load of
 * the warp is one run of memory. Local memory 512 bytes. Moves the bytes of the weights, for each
 * row of activations anew.
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
    return KernelTask.of(
        QuantGemv.class,
        kernel,
        Geometry.ofWarps(rows * weights.rows()),
        in(weights.ints()),
        in(a.quants()),
        in(a.scales()),
        in(bias),
        y,
        scalar(Blocks.number(weights.type())),
        scalar(weights.rows()),
        scalar(weights.columns()),
        scalar(rows));
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
      int rows) {
    int lane = context.localIdx & 31;
    int warp = context.globalIdx >> 5;
    float own = 0;
    int output = warp % outputs;
    int row = warp / outputs;
    if (warp < rows * outputs) {
      if (type <= Blocks.AFFINE) {
        own = AffineBlocks.dot(type, weights, output, columns, q, scales, row, lane);
      } else if (type == Blocks.Q6_K) {
        own = Q6K.dot(weights, outputs, output, columns, q, scales, row, lane);
      } else {
        own = Blocks.smallDot(type, weights, outputs, output, columns, q, scales, row, lane);
      }
    }
    float sum = Intrinsics.warpSum(context, own);
    if (lane == 0 && warp < rows * outputs) {
      y.set(warp, sum + bias.get(output));
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
      int rows) {
    int lane = context.localIdx & 31;
    int warp = context.globalIdx >> 5;
    float own = 0;
    int output = warp % outputs;
    int row = warp / outputs;
    if (warp < rows * outputs) {
      if (type <= Blocks.AFFINE) {
        own = AffineBlocks.dot(type, weights, output, columns, q, scales, row, lane);
      } else if (type == Blocks.Q6_K) {
        own = Q6K.dot(weights, outputs, output, columns, q, scales, row, lane);
      } else {
        own = Blocks.smallDot(type, weights, outputs, output, columns, q, scales, row, lane);
      }
    }
    float sum = Intrinsics.warpSum(context, own);
    if (lane == 0 && warp < rows * outputs) {
      y.set(warp, y.get(warp) + sum + bias.get(output));
    }
  }
}
