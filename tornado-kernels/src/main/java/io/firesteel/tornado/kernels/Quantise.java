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
 * that all rows of weights can use integer dot products. Beside each scale stands the sum of its 32
 * elements, which weights with a minimum are multiplied with.
 *
 * <p>One work item for each int; local memory 1 KiB. Moves 5.25 bytes an element.
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
   * @param scales output, {@code count / 16}: scale and sum of each 32
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
    float[] sums = context.allocateFloatLocalArray(GROUP);
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
    sizes[item] = Int8.size(x0, x1, x2, x3);
    sums[item] = x0 + x1 + (x2 + x3);
    context.localBarrier();
    int run = item - item % RUN;
    float largest = 0;
    float sum = 0;
    for (int i = 0; i < RUN; i++) {
      largest = Int8.larger(largest, sizes[run + i]);
      sum += sums[run + i];
    }
    if (target < ints) {
      q.set(target, Int8.pack(x0, x1, x2, x3, largest));
      if (item % RUN == 0) {
        scales.set(target / RUN * 2, largest / 127);
        scales.set(target / RUN * 2 + 1, sum);
      }
    }
  }
}
