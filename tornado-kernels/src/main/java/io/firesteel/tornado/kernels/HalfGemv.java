package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Product of half-float weights with float32 activations: {@code out[r] = W x[r] + bias}, or added
 * to what is in {@code out}. Sums in float32.
 *
 * <p>One warp for each output value, neighbouring lanes on neighbouring columns. Local memory 512
 * bytes. Moves the bytes of the weights, for each row of activations anew.
 */
public final class HalfGemv {
  private HalfGemv() {}

  /** A launch that overwrites {@code y}. */
  static KernelTask assign(Weights weights, FloatArray x, FloatArray bias, FloatArray y, int rows) {
    return task("assign", weights, x, bias, Argument.out(y), rows);
  }

  /** A launch that adds to {@code y}. */
  static KernelTask add(Weights weights, FloatArray x, FloatArray bias, FloatArray y, int rows) {
    return task("add", weights, x, bias, inOut(y), rows);
  }

  private static KernelTask task(
      String kernel, Weights weights, FloatArray x, FloatArray bias, Argument y, int rows) {
    return KernelTask.of(
        HalfGemv.class,
        kernel,
        Geometry.ofWarps(rows * weights.rows()),
        in(weights.ints()),
        in(x),
        in(bias),
        y,
        scalar(weights.rows()),
        scalar(weights.columns()),
        scalar(rows));
  }

  /** The kernel that overwrites {@code y}. */
  public static void assign(
      KernelContext context,
      IntArray weights,
      FloatArray x,
      FloatArray bias,
      FloatArray y,
      int outputs,
      int columns,
      int rows) {
    int lane = context.localIdx & 31;
    int warp = context.globalIdx >> 5;
    float own = 0;
    if (warp < rows * outputs) {
      own = dot(weights, warp % outputs, x, warp / outputs, columns, lane);
    }
    float sum = Intrinsics.warpSum(context, own);
    if (lane == 0 && warp < rows * outputs) {
      y.set(warp, sum + bias.get(warp % outputs));
    }
  }

  /** The kernel that adds to {@code y}. */
  public static void add(
      KernelContext context,
      IntArray weights,
      FloatArray x,
      FloatArray bias,
      FloatArray y,
      int outputs,
      int columns,
      int rows) {
    int lane = context.localIdx & 31;
    int warp = context.globalIdx >> 5;
    float own = 0;
    if (warp < rows * outputs) {
      own = dot(weights, warp % outputs, x, warp / outputs, columns, lane);
    }
    float sum = Intrinsics.warpSum(context, own);
    if (lane == 0 && warp < rows * outputs) {
      y.set(warp, y.get(warp) + sum + bias.get(warp % outputs));
    }
  }

  /** A lane's share of the product of a row of weights with a row of activations. */
  static float dot(IntArray weights, int weightRow, FloatArray x, int row, int columns, int lane) {
    float sum = 0;
    for (int c = lane; c < columns; c += 32) {
      sum += Halves.get(weights, 0, weightRow * columns + c) * x.get(row * columns + c);
    }
    return sum;
  }
}
