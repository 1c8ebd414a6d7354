package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Sorts the logits of each share of 1,024 neighbouring tokens, the largest first (bitonic sort:
 * Batcher, "Sorting networks and their applications", 1968), and sums up their weights relative to
 * the share's largest.
 *
 * <p>One group of 256 work items for each share of each row; local memory 6 KiB. Moves 16 bytes a
 * logit.
 */
public final class SortShares {
  /** Tokens of a share. */
  static final int SHARE = 1024;

  private static final int GROUP = 256;
  private static final int OWN = SHARE / GROUP;

  private SortShares() {}

  /** Shares of a row. */
  static int shares(int vocabulary) {
    return Math.ceilDiv(vocabulary, SHARE);
  }

  static KernelTask task(
      FloatArray adjusted, FloatArray sorted, DoubleArray upTo, int rows, int vocabulary) {
    return KernelTask.of(
        SortShares.class,
        "sortShares",
        new Geometry(rows * shares(vocabulary), GROUP),
        in(adjusted),
        out(sorted),
        out(upTo),
        scalar(vocabulary),
        scalar(shares(vocabulary)));
  }

  /**
   * The kernel. The last share of a row is filled up with {@link AdjustLogits#BANNED}.
   *
   * @param sorted {@code rows * shares * 1024}
   * @param upTo as long: sum of the weights of a share up to and with this one
   */
  public static void sortShares(
      KernelContext context,
      FloatArray adjusted,
      FloatArray sorted,
      DoubleArray upTo,
      int vocabulary,
      int shares) {
    int item = context.localIdx;
    int row = context.groupIdx / shares;
    int share = context.groupIdx % shares;
    float[] values = context.allocateFloatLocalArray(SHARE);
    double[] sums = context.allocateDoubleLocalArray(GROUP);
    for (int i = item; i < SHARE; i += GROUP) {
      int token = share * SHARE + i;
      values[i] = token < vocabulary ? adjusted.get(row * vocabulary + token) : AdjustLogits.BANNED;
    }
    for (int run = 2; run <= SHARE; run <<= 1) {
      for (int stride = run >> 1; stride > 0; stride >>= 1) {
        context.localBarrier();
        for (int pair = item; pair < SHARE / 2; pair += GROUP) {
          int low = pair / stride * 2 * stride + pair % stride;
          float a = values[low];
          float b = values[low + stride];
          float larger = a > b ? a : b;
          float smaller = a > b ? b : a;
          boolean falls = (low & run) == 0;
          values[low] = falls ? larger : smaller;
          values[low + stride] = falls ? smaller : larger;
        }
      }
    }
    context.localBarrier();
    double largest = values[0];
    double own = 0;
    for (int i = item * OWN; i < item * OWN + OWN; i++) {
      own += Exponential.of(values[i] - largest);
    }
    sums[item] = own;
    for (int stride = 1; stride < GROUP; stride <<= 1) {
      context.localBarrier();
      double before = item < stride ? 0 : sums[item - stride];
      context.localBarrier();
      sums[item] += before;
    }
    context.localBarrier();
    double sum = item == 0 ? 0 : sums[item - 1];
    int base = context.groupIdx * SHARE;
    for (int i = item * OWN; i < item * OWN + OWN; i++) {
      sum += Exponential.of(values[i] - largest);
      sorted.set(base + i, values[i]);
      upTo.set(base + i, sum);
    }
  }
}
