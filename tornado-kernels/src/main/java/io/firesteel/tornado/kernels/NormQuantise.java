package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link RmsNorm} and {@link Quantise} in one launch, for rows of a multiple of 32 elements: what
 * every layer does twice, and of which a launch is the larger part.
 *
 * <p>One group of 512 work items for each row, four neighbouring elements an item at a time: rows
 * of up to 2,048 elements are read in one go. Local memory 6 KiB. Moves {@code 13.25 * width} bytes
 * a row.
 */
public final class NormQuantise {
  static final int GROUP = 512;

  /** Elements of an item at a time. */
  static final int QUAD = 4;

  /** Items of a run of 32 elements. */
  private static final int RUN = 8;

  private NormQuantise() {}

  /**
   * A launch for {@code rows} rows.
   *
   * @param normed output: floats, quants, scales and sums of {@code rows * width} elements
   * @param width elements of a row, a multiple of 32
   */
  static KernelTask task(
      FloatArray x, FloatArray weight, Activations normed, int rows, int width, float epsilon) {
    return KernelTask.of(
        NormQuantise.class,
        "normQuantise",
        new Geometry(rows, GROUP),
        in(x),
        in(weight),
        out(normed.floats()),
        out(normed.quants()),
        out(normed.scales()),
        scalar(width),
        scalar(epsilon));
  }

  /** The kernel. */
  public static void normQuantise(
      KernelContext context,
      FloatArray x,
      FloatArray weight,
      FloatArray out,
      IntArray q,
      FloatArray scales,
      int width,
      float epsilon) {
    int item = context.localIdx;
    int row = context.groupIdx * width;
    float[] squares = context.allocateFloatLocalArray(GROUP);
    float own = 0;
    for (int i = QUAD * item; i < width; i += QUAD * GROUP) {
      float x0 = x.get(row + i);
      float x1 = x.get(row + i + 1);
      float x2 = x.get(row + i + 2);
      float x3 = x.get(row + i + 3);
      own += x0 * x0 + x1 * x1 + (x2 * x2 + x3 * x3);
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
    scaled(context, x, weight, out, q, scales, row, width, scale);
  }

  /**
   * Writes a row times {@code scale} and weight, in float32 and in 8 bits. All work items of a
   * group of 512 must take part.
   *
   * @param row the row's first element
   */
  static void scaled(
      KernelContext context,
      FloatArray x,
      FloatArray weight,
      FloatArray out,
      IntArray q,
      FloatArray scales,
      int row,
      int width,
      float scale) {
    int item = context.localIdx;
    float[] sizes = context.allocateFloatLocalArray(GROUP);
    float[] sums = context.allocateFloatLocalArray(GROUP);
    int run = item - item % RUN;
    for (int start = 0; start < width; start += QUAD * GROUP) {
      int i = start + QUAD * item;
      float x0 = 0;
      float x1 = 0;
      float x2 = 0;
      float x3 = 0;
      if (i < width) {
        x0 = x.get(row + i) * scale * weight.get(i);
        x1 = x.get(row + i + 1) * scale * weight.get(i + 1);
        x2 = x.get(row + i + 2) * scale * weight.get(i + 2);
        x3 = x.get(row + i + 3) * scale * weight.get(i + 3);
        out.set(row + i, x0);
        out.set(row + i + 1, x1);
        out.set(row + i + 2, x2);
        out.set(row + i + 3, x3);
      }
      sizes[item] = Int8.size(x0, x1, x2, x3);
      sums[item] = x0 + x1 + (x2 + x3);
      context.localBarrier();
      float largest = 0;
      float sum = 0;
      for (int n = 0; n < RUN; n++) {
        largest = Int8.larger(largest, sizes[run + n]);
        sum += sums[run + n];
      }
      if (i < width) {
        q.set((row + i) / QUAD, Int8.pack(x0, x1, x2, x3, largest));
        if (item == run) {
          scales.set((row + i) / 16, largest / 127);
          scales.set((row + i) / 16 + 1, sum);
        }
      }
      context.localBarrier();
    }
  }
}
