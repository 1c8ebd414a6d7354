package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * {@code out[r] = x[r] / sqrt(mean(x[r]²) + epsilon) * weight} for rows of {@code width} elements
 * (Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019). {@code out} may be {@code x}.
 *
 * <p>One group of 128 work items for each row; local memory 512 bytes. Moves {@code 12 * width}
 * bytes a row.
 */
public final class RmsNorm {
  private static final int GROUP = Geometry.GROUP;

  private RmsNorm() {}

  /** A launch for {@code rows} rows. */
  static KernelTask task(
      FloatArray x, FloatArray weight, FloatArray out, int rows, int width, float epsilon) {
    return KernelTask.of(
        RmsNorm.class,
        "rmsNorm",
        Geometry.ofGroups(rows),
        x == out ? inOut(x) : in(x),
        in(weight),
        x == out ? inOut(out) : Argument.out(out),
        scalar(width),
        scalar(epsilon));
  }

  /** The kernel. */
  public static void rmsNorm(
      KernelContext context,
      FloatArray x,
      FloatArray weight,
      FloatArray out,
      int width,
      float epsilon) {
    int item = context.localIdx;
    int row = context.groupIdx * width;
    float[] squares = context.allocateFloatLocalArray(GROUP);
    float own = 0;
    for (int i = item; i < width; i += GROUP) {
      float value = x.get(row + i);
      own += value * value;
    }
    squares[item] = own;
    for (int stride = GROUP / 2; stride > 0; stride >>= 1) {
      context.localBarrier();
      if (item < stride) {
        squares[item] += squares[item + stride];
      }
    }
    context.localBarrier();
    float scale = 1 / TornadoMath.sqrt(squares[0] / width + epsilon);
    for (int i = item; i < width; i += GROUP) {
      out.set(row + i, x.get(row + i) * scale * weight.get(i));
    }
  }
}
