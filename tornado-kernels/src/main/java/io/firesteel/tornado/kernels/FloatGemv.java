package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Product of float32 weights with float32 activations: {@code out[r] = W x[r] + bias}, or added to
 * what is in {@code out}. Sums in float32.
 *
 * <p>One group of 128 work items for each output value, neighbouring items on neighbouring columns.
 * Local memory 512 bytes. Moves the bytes of the weights, for each row of activations anew.
 */
public final class FloatGemv {
  private FloatGemv() {}

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
        FloatGemv.class,
        kernel,
        Geometry.ofGroups(rows * weights.rows()),
        in(weights.floats()),
        in(x),
        in(bias),
        y,
        scalar(weights.rows()),
        scalar(weights.columns()));
  }

  /** The kernel that overwrites {@code y}. */
  public static void assign(
      KernelContext context,
      FloatArray weights,
      FloatArray x,
      FloatArray bias,
      FloatArray y,
      int outputs,
      int columns) {
    int item = context.localIdx;
    int target = context.groupIdx;
    int output = target % outputs;
    int row = target / outputs;
    float own = dot(weights, output, x, row, columns, item, Geometry.GROUP);
    float sum = Intrinsics.sum(context, own, Geometry.GROUP / Geometry.WARP);
    if (item == 0) {
      y.set(target, sum + bias.get(output));
    }
  }

  /** The kernel that adds to {@code y}. */
  public static void add(
      KernelContext context,
      FloatArray weights,
      FloatArray x,
      FloatArray bias,
      FloatArray y,
      int outputs,
      int columns) {
    int item = context.localIdx;
    int target = context.groupIdx;
    int output = target % outputs;
    int row = target / outputs;
    float own = dot(weights, output, x, row, columns, item, Geometry.GROUP);
    float sum = Intrinsics.sum(context, own, Geometry.GROUP / Geometry.WARP);
    if (item == 0) {
      y.set(target, y.get(target) + sum + bias.get(output));
    }
  }

  /**
   * A lane's share of the product of a row of weights with a row of activations: every {@code
   * lanes}-th column, four at a time, so that their loads are on their way together.
   */
  static float dot(
      FloatArray weights, int weightRow, FloatArray x, int row, int columns, int lane, int lanes) {
    int w = weightRow * columns;
    int a = row * columns;
    float sum = 0;
    int c = lane;
    while (c + 3 * lanes < columns) {
      float p0 = weights.get(w + c) * x.get(a + c);
      float p1 = weights.get(w + c + lanes) * x.get(a + c + lanes);
      float p2 = weights.get(w + c + 2 * lanes) * x.get(a + c + 2 * lanes);
      float p3 = weights.get(w + c + 3 * lanes) * x.get(a + c + 3 * lanes);
      sum += p0 + p1 + (p2 + p3);
      c += 4 * lanes;
    }
    while (c < columns) {
      sum += weights.get(w + c) * x.get(a + c);
      c += lanes;
    }
    return sum;
  }
}
