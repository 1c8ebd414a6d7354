package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The index of each row's largest value, the lowest among equals. First each of {@code parts}
 * groups of 128 work items searches its part of a row; then one group a row searches what they
 * found.
 *
 * <p>Local memory 1 KiB. Moves 4 bytes a value.
 */
public final class ArgMax {
  private static final int GROUP = Geometry.GROUP;
  private static final float LOWEST = -3e38f;

  private ArgMax() {}

  static KernelTask search(
      FloatArray values, FloatArray best, IntArray indices, int rows, int count, int parts) {
    return KernelTask.of(
        ArgMax.class,
        "search",
        Geometry.ofGroups(rows * parts),
        in(values),
        out(best),
        out(indices),
        scalar(count),
        scalar(parts));
  }

  static KernelTask join(FloatArray best, IntArray indices, IntArray result, int rows, int parts) {
    return KernelTask.of(
        ArgMax.class,
        "join",
        Geometry.ofGroups(rows),
        in(best),
        in(indices),
        out(result),
        scalar(parts));
  }

  /** The kernel that searches a part of a row. */
  public static void search(
      KernelContext context,
      FloatArray values,
      FloatArray best,
      IntArray indices,
      int count,
      int parts) {
    int item = context.localIdx;
    int row = context.groupIdx / parts;
    int part = context.groupIdx % parts;
    float[] largest = context.allocateFloatLocalArray(GROUP);
    int[] where = context.allocateIntLocalArray(GROUP);
    int share = (count + parts - 1) / parts;
    int end = part * share + share < count ? part * share + share : count;
    float own = LOWEST;
    int at = count;
    for (int i = part * share + item; i < end; i += GROUP) {
      float value = values.get(row * count + i);
      if (value > own || at == count) {
        own = value;
        at = i;
      }
    }
    largest[item] = own;
    where[item] = at;
    for (int stride = GROUP / 2; stride > 0; stride >>= 1) {
      context.localBarrier();
      if (item < stride) {
        float other = largest[item + stride];
        int there = where[item + stride];
        if (other > largest[item] || (other == largest[item] && there < where[item])) {
          largest[item] = other;
          where[item] = there;
        }
      }
    }
    if (item == 0) {
      best.set(context.groupIdx, largest[0]);
      indices.set(context.groupIdx, where[0]);
    }
  }

  /** The kernel that searches what the parts found. */
  public static void join(
      KernelContext context, FloatArray best, IntArray indices, IntArray result, int parts) {
    int item = context.localIdx;
    int row = context.groupIdx;
    float[] largest = context.allocateFloatLocalArray(GROUP);
    int[] where = context.allocateIntLocalArray(GROUP);
    float own = LOWEST;
    int at = 0x7FFFFFFF;
    for (int i = item; i < parts; i += GROUP) {
      float value = best.get(row * parts + i);
      int index = indices.get(row * parts + i);
      if (value > own || (value == own && index < at)) {
        own = value;
        at = index;
      }
    }
    largest[item] = own;
    where[item] = at;
    for (int stride = GROUP / 2; stride > 0; stride >>= 1) {
      context.localBarrier();
      if (item < stride) {
        float other = largest[item + stride];
        int there = where[item + stride];
        if (other > largest[item] || (other == largest[item] && there < where[item])) {
          largest[item] = other;
          where[item] = there;
        }
      }
    }
    if (item == 0) {
      result.set(row, where[0]);
    }
  }
}
