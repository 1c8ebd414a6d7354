package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Joins the partials of {@link SplitAttention}: with {@code M} the largest of all maxima, {@code
 * out = Σ exp(m - M) sums / Σ exp(m - M) sum}.
 *
 * <p>One work item for each output element; no local memory. Moves 4 bytes an element of all
 * partials.
 */
public final class JoinSplits {
  private static final float LOWEST = -3e38f;

  private JoinSplits() {}

  static KernelTask task(FloatArray partials, FloatArray out, int heads, int size, int splits) {
    return KernelTask.of(
        JoinSplits.class,
        "join",
        Geometry.ofItems(heads * size),
        in(partials),
        out(out),
        scalar(heads),
        scalar(size),
        scalar(splits));
  }

  /**
   * The kernel.
   *
   * @param heads query heads of all rows
   */
  public static void join(
      KernelContext context, FloatArray partials, FloatArray out, int heads, int size, int splits) {
    int i = context.globalIdx;
    if (i < heads * size) {
      int first = i / size * splits * (size + 2);
      float largest = LOWEST;
      for (int s = 0; s < splits; s++) {
        float max = partials.get(first + s * (size + 2) + size);
        largest = max > largest ? max : largest;
      }
      float sum = 0;
      float value = 0;
      for (int s = 0; s < splits; s++) {
        int partial = first + s * (size + 2);
        float factor = TornadoMath.exp(partials.get(partial + size) - largest);
        sum += factor * partials.get(partial + size + 1);
        value += factor * partials.get(partial + i % size);
      }
      out.set(i, value / sum);
    }
  }
}
