package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import io.firesteel.model.ops.Heads;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Joins the partials of {@link SplitAttention}: with {@code M} the largest of all maxima, {@code
 * out = Σ exp(m - M) sums / Σ exp(m - M) sum} over the splits that have positions.
 *
 * <p>One group of 128 work items for 16 elements of a query head: 8 work items share an element's
 * splits, and have the loads of 8 of them under way at a time. Local memory 9 KiB. Moves 4 bytes an
 * element of the partials that are used.
 */
public final class JoinSplits {
  private static final int GROUP = Geometry.GROUP;

  /** Elements of a group. */
  private static final int ELEMENTS = 16;

  /** Work items of an element. */
  private static final int PARTS = GROUP / ELEMENTS;

  /** Splits of a work item whose loads are under way at a time. */
  private static final int UNROLLED = 8;

  /** Largest number of splits. */
  static final int MOST_SPLITS = 1024;

  private static final float LOWEST = -3e38f;

  private JoinSplits() {}

  static KernelTask task(
      Heads shape,
      FloatArray partials,
      IntArray positions,
      int window,
      FloatArray out,
      int rows,
      int splits) {
    return KernelTask.of(
        JoinSplits.class,
        "join",
        Geometry.ofGroups(rows * shape.queryWidth() / ELEMENTS),
        in(partials),
        in(positions),
        out(out),
        scalar(shape.queries()),
        scalar(shape.size()),
        scalar(splits),
        scalar(window));
  }

  /**
   * The kernel.
   *
   * @param partials see {@link Partials}
   * @param heads query heads of a row
   */
  public static void join(
      KernelContext context,
      FloatArray partials,
      IntArray positions,
      FloatArray out,
      int heads,
      int size,
      int splits,
      int window) {
    float[] factors = context.allocateFloatLocalArray(MOST_SPLITS);
    float[] sums = context.allocateFloatLocalArray(MOST_SPLITS);
    float[] shared = context.allocateFloatLocalArray(GROUP);
    float[] sharedSums = context.allocateFloatLocalArray(GROUP);
    int item = context.localIdx;
    int head = context.groupIdx * ELEMENTS / size;
    int element = context.groupIdx * ELEMENTS % size + item % ELEMENTS;
    int part = item / ELEMENTS;
    int end = positions.get(head / heads) + 1;
    int used = Partials.used(end - Partials.begin(end, window), splits);
    int states = Partials.states(head, size, splits);

    float largest = LOWEST;
    for (int s = item; s < used; s += GROUP) {
      float max = partials.get(states + s);
      largest = max > largest ? max : largest;
    }
    shared[item] = largest;
    context.localBarrier();
    if (item < PARTS) {
      for (int i = 0; i < ELEMENTS; i++) {
        float max = shared[item * ELEMENTS + i];
        largest = max > largest ? max : largest;
      }
      sharedSums[item] = largest;
    }
    context.localBarrier();
    for (int i = 0; i < PARTS; i++) {
      float max = sharedSums[i];
      largest = max > largest ? max : largest;
    }
    int step = PARTS * UNROLLED;
    for (int s = item; s < (used + step - 1) / step * step; s += GROUP) {
      float factor = 0;
      float sum = 0;
      if (s < used) {
        factor = TornadoMath.exp(partials.get(states + s) - largest);
        sum = factor * partials.get(states + splits + s);
      }
      factors[s] = factor;
      sums[s] = sum;
    }
    context.localBarrier();

    int values = Partials.values(head, 0, size, splits) + element;
    float value = 0;
    float sum = 0;
    for (int first = part; first < used; first += step) {
      for (int i = 0; i < UNROLLED; i++) {
        int s = first + i * PARTS;
        int split = s < used ? s : used - 1;
        value += factors[s] * partials.get(values + split * size);
        sum += sums[s];
      }
    }
    shared[item] = value;
    sharedSums[item] = sum;
    context.localBarrier();
    if (item < ELEMENTS) {
      for (int i = 1; i < PARTS; i++) {
        value += shared[item + i * ELEMENTS];
        sum += sharedSums[item + i * ELEMENTS];
      }
      out.set(head * size + element, value / sum);
    }
  }
}
