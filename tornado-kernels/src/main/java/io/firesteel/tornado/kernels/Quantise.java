package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Rounds activations to 8 bits with one scale for 32 elements: {@code scale = max|x| / 127}, {@code
 * q = round(x / scale)}. Four elements share an int, the first in the lowest byte. Done once, so
 * that all rows of weights can use integer dot products.
 *
 * <p>One work item for each int; local memory 512 bytes. Moves 5.1 bytes an element.
 */
public final class Quantise {
  private static final int GROUP = Geometry.GROUP;

  /** Ints of a run of 32 elements. */
  private static final int RUN = 8;

  private Quantise() {}

  /**
   * A launch for {@code count} elements, a multiple of 32.
   *
   * @param q output, {@code count / 4} ints
   * @param scales output, {@code count / 32}
   */
  static KernelTask task(FloatArray x, IntArray q, FloatArray scales, int count) {
    return KernelTask.of(
        Quantise.class,
        "quantise",
        Geometry.ofItems(count / 4),
        in(x),
        out(q),
        out(scales),
        scalar(count / 4));
  }

  /** The kernel. */
  public static void quantise(
      KernelContext context, FloatArray x, IntArray q, FloatArray scales, int ints) {
    int item = context.localIdx;
    int target = context.globalIdx;
    float[] sizes = context.allocateFloatLocalArray(GROUP);
    float x0 = 0;
    float x1 = 0;
    float x2 = 0;
    float x3 = 0;
    if (target < ints) {
      x0 = x.get(4 * target);
      x1 = x.get(4 * target + 1);
      x2 = x.get(4 * target + 2);
      x3 = x.get(4 * target + 3);
    }
    sizes[item] = larger(larger(size(x0), size(x1)), larger(size(x2), size(x3)));
    context.localBarrier();
    float largest = 0;
    int run = item - item % RUN;
    for (int i = 0; i < RUN; i++) {
      largest = larger(largest, sizes[run + i]);
    }
    float steps = largest > 0 ? 127 / largest : 0;
    if (target < ints) {
      q.set(
          target,
          (round(x0 * steps) & 255)
              | (round(x1 * steps) & 255) << 8
              | (round(x2 * steps) & 255) << 16
              | round(x3 * steps) << 24);
      if (item % RUN == 0) {
        scales.set(target / RUN, largest / 127);
      }
    }
  }

  private static float size(float value) {
    return value < 0 ? -value : value;
  }

  private static float larger(float a, float b) {
    return a > b ? a : b;
  }

  /** Nearest integer of a value from -127 to 127, made positive because casts cut towards zero. */
  private static int round(float value) {
    return (int) (value + 128.5f) - 128;
  }
}
