package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Finds how many of each sorted share's logits top-k, top-p and min-p leave ({@link
 * io.firesteel.model.sampling.Sampler}); of tokens with equal logits those with lower ids are left.
 *
 * <p>Top-k keeps what is at least the largest logit down to which there are k tokens, top-p the
 * same with weights that reach p instead of k. Both are found by bisection between the least and
 * the largest logit that it may be. Each work item looks after one share, in which it finds by
 * bisection how many logits are at least the pivot; the group adds up, and the logits next to the
 * pivot are the new bounds, so that each round excludes some.
 *
 * <p>One group of 256 work items for each row; local memory 4 KiB. Moves some 20 bytes for each
 * share and round; some 30 rounds.
 */
public final class CutTail {
  /** Largest number of shares of a row. */
  static final int MAX_SHARES = 256;

  private static final int GROUP = MAX_SHARES;

  /** As on the host: cumulative shares are of rounded floats. */
  private static final double ROUNDING = 1e-7;

  private static final double MANY = 1e9;

  /** What a round is for: conditions of several parts are compiled wrongly, so it is a number. */
  private static final int BOUNDS = 0;

  private static final int SEARCH = 1;
  private static final int SUM_ABOVE = 2;
  private static final int DONE = 3;

  private CutTail() {}

  static KernelTask task(
      FloatArray sorted,
      DoubleArray upTo,
      Chances chances,
      FloatArray largest,
      FloatArray bars,
      IntArray equals,
      int rows,
      int vocabulary) {
    return KernelTask.of(
        CutTail.class,
        "cutTail",
        new Geometry(rows, GROUP),
        in(sorted),
        in(upTo),
        in(chances.counts()),
        in(chances.shares()),
        out(largest),
        out(bars),
        out(equals),
        scalar(vocabulary),
        scalar(SortShares.shares(vocabulary)));
  }

  /**
   * The kernel.
   *
   * @param largest logit of each row
   * @param bars for each share of each row the least logit that is left, {@link
   *     AdjustLogits#BROKEN} if none is
   * @param equals as many: how many tokens with just this logit are left
   */
  public static void cutTail(
      KernelContext context,
      FloatArray sorted,
      DoubleArray upTo,
      IntArray counts,
      DoubleArray chances,
      FloatArray largest,
      FloatArray bars,
      IntArray equals,
      int vocabulary,
      int shares) {
    int item = context.localIdx;
    int row = context.groupIdx;
    float[] lows = context.allocateFloatLocalArray(GROUP);
    float[] highs = context.allocateFloatLocalArray(GROUP);
    double[] sums = context.allocateDoubleLocalArray(GROUP);
    int base = (row * shares + item) * SortShares.SHARE;
    int rest = vocabulary - item * SortShares.SHARE;
    int full = rest < SortShares.SHARE ? rest : SortShares.SHARE;
    int kept = full < 0 ? 0 : full;
    float top = kept > 0 ? sorted.get(base) : AdjustLogits.BANNED;
    int topK = counts.get(row * Chances.COUNTS + Chances.TOP_K);
    double topP = chances.get(row * Chances.SHARES + Chances.TOP_P);
    float best = 0;
    double scale = 0;
    for (int pass = 0; pass < 2; pass++) {
      int weighs = pass;
      int above = 0;
      int within = kept;
      float low = 0;
      float high = 0;
      double needed = 0;
      double heavier = 0;
      int noTopK = topK == 0 ? 1 : 0;
      int noTopP = topP >= 1 ? 1 : 0;
      int off = weighs == 1 ? noTopP : noTopK;
      int stage = BOUNDS;
      while (stage < DONE) {
        float middle = low * 0.5f + high * 0.5f;
        float pivot = middle > low ? middle : high;
        int p = stage == BOUNDS ? kept : above;
        int end = stage == SEARCH ? within : p;
        while (p < end) {
          int at = (p + end) >>> 1;
          boolean reaches = sorted.get(base + at) >= pivot;
          p = reaches ? at + 1 : p;
          end = reaches ? end : at;
        }
        float next = p < within ? sorted.get(base + p) : AdjustLogits.BANNED;
        context.localBarrier();
        double weight = p > 0 ? scale * upTo.get(base + p - 1) : 0;
        sums[item] = weighs == 1 ? weight : p;
        lows[item] = p > above ? sorted.get(base + p - 1) : AdjustLogits.BROKEN;
        highs[item] = stage == BOUNDS ? top : next;
        for (int stride = GROUP / 2; stride > 0; stride >>= 1) {
          context.localBarrier();
          if (item < stride) {
            sums[item] += sums[item + stride];
            lows[item] = lows[item + stride] < lows[item] ? lows[item + stride] : lows[item];
            highs[item] = highs[item + stride] > highs[item] ? highs[item + stride] : highs[item];
          }
        }
        context.localBarrier();
        double sum = sums[0];
        boolean first = stage == BOUNDS;
        boolean searches = stage == SEARCH;
        float lowest = lows[0];
        float highest = highs[0];
        best = first ? (weighs == 1 ? best : highest) : best;
        double share = (topP - ROUNDING) * sum;
        needed = first ? (weighs == 1 ? share : topK) : needed;
        heavier = stage == SUM_ABOVE ? sum : heavier;
        int reached = sum >= needed ? p : within;
        int missed = sum >= needed ? above : p;
        float lowFound = sum >= needed ? lowest : low;
        float highFound = sum >= needed ? high : highest;
        within = searches ? reached : within;
        above = searches ? missed : above;
        low = first ? lowest : (searches ? lowFound : low);
        high = first ? highest : (searches ? highFound : high);
        int onward = low < high ? SEARCH : SUM_ABOVE;
        stage = stage == SUM_ABOVE ? DONE : (off == 1 ? DONE : onward);
      }
      scale = kept > 0 ? Exponential.of((double) top - best) : 0;
      double each = weighs == 1 ? Exponential.of((double) low - best) : 1;
      double ratio = each > 0 ? (needed - heavier) / each : 1;
      double bounded = ratio < MANY ? ratio : MANY;
      int whole = (int) bounded;
      int wanted = whole < bounded ? whole + 1 : whole;
      context.localBarrier();
      sums[item] = within - above;
      context.localBarrier();
      double before = 0;
      int preceding = item < shares ? item : 0;
      for (int i = 0; i < preceding; i++) {
        before += sums[i];
      }
      int left = (wanted < 1 ? 1 : wanted) - (int) before;
      int some = left < within - above ? left : within - above;
      int cut = above + (some < 0 ? 0 : some);
      kept = off == 1 ? kept : cut;
    }
    float least = (float) (best + chances.get(row * Chances.SHARES + Chances.LOG_MIN_P));
    int reach = 0;
    int end = kept;
    while (reach < end) {
      int at = (reach + end) >>> 1;
      boolean reaches = sorted.get(base + at) >= least;
      reach = reaches ? at + 1 : reach;
      end = reaches ? end : at;
    }
    float bar = reach > 0 ? sorted.get(base + reach - 1) : AdjustLogits.BROKEN;
    int first = 0;
    end = reach;
    while (first < end) {
      int at = (first + end) >>> 1;
      boolean greater = sorted.get(base + at) > bar;
      first = greater ? at + 1 : first;
      end = greater ? end : at;
    }
    if (item < shares) {
      bars.set(row * shares + item, bar);
      equals.set(row * shares + item, reach - first);
    }
    if (item == 0) {
      largest.set(row, best);
    }
  }
}
