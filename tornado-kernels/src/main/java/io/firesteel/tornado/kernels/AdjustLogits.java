package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Logits with biases and penalties ({@link io.firesteel.model.sampling.LogitBias}, {@link
 * io.firesteel.model.sampling.Penalties}). {@code copy}: one work item a logit, 8 bytes moved.
 * {@code change}: one group of 128 work items a row, each token that the host names once.
 *
 * <p>Logits are then between {@link #BANNED}, which negative infinity becomes, and {@link #BROKEN},
 * which NaN and infinity become.
 */
public final class AdjustLogits {
  /** The logit of a token that cannot be drawn. */
  static final float BANNED = -Float.MAX_VALUE;

  /** The logit of a token whose row cannot be drawn from. */
  static final float BROKEN = Float.MAX_VALUE;

  private static final int GROUP = Geometry.GROUP;

  private AdjustLogits() {}

  static KernelTask copy(FloatArray logits, FloatArray adjusted, int count) {
    return KernelTask.of(
        AdjustLogits.class,
        "copy",
        Geometry.ofItems(count),
        in(logits),
        out(adjusted),
        scalar(count));
  }

  static KernelTask change(FloatArray adjusted, Chances chances, int rows, int vocabulary) {
    return KernelTask.of(
        AdjustLogits.class,
        "change",
        Geometry.ofGroups(rows),
        inOut(adjusted),
        in(chances.counts()),
        in(chances.factors()),
        in(chances.tokens()),
        in(chances.biases()),
        in(chances.occurrences()),
        scalar(vocabulary),
        scalar(chances.capacity()));
  }

  /** The kernel that copies. */
  public static void copy(
      KernelContext context, FloatArray logits, FloatArray adjusted, int count) {
    int i = context.globalIdx;
    if (i < count) {
      float logit = logits.get(i);
      float bounded = logit < BANNED ? BANNED : logit;
      adjusted.set(i, bounded <= BROKEN ? bounded : BROKEN);
    }
  }

  /** The kernel that changes what the host names. */
  public static void change(
      KernelContext context,
      FloatArray adjusted,
      IntArray counts,
      FloatArray factors,
      IntArray tokens,
      FloatArray biases,
      IntArray occurrences,
      int vocabulary,
      int capacity) {
    int row = context.groupIdx;
    int named = counts.get(row * Chances.COUNTS + Chances.NAMED);
    float repeat = factors.get(row * Chances.FACTORS + Chances.REPEAT);
    float frequency = factors.get(row * Chances.FACTORS + Chances.FREQUENCY);
    float presence = factors.get(row * Chances.FACTORS + Chances.PRESENCE);
    for (int i = context.localIdx; i < named; i += GROUP) {
      int at = row * vocabulary + tokens.get(row * capacity + i);
      float logit = adjusted.get(at);
      float bias = biases.get(row * capacity + i);
      int times = occurrences.get(row * capacity + i);
      if (logit > BANNED && logit < BROKEN) {
        float biased = bias < BANNED ? BANNED : bounded(logit + bias);
        float scaled = biased <= 0 ? biased * repeat : biased / repeat;
        float penalised = bounded(scaled - (times * frequency + presence));
        adjusted.set(at, times > 0 && biased > BANNED ? penalised : biased);
      }
    }
  }

  private static float bounded(float value) {
    float low = value < BANNED ? BANNED : value;
    return low > BROKEN ? BROKEN : low;
  }
}
