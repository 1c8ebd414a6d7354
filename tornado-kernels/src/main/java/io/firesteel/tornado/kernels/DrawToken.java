package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Draws a token of those that {@link CutTail} has left: the first, in rising order of id, with
 * which the sum of weights exceeds the draw's share of the whole. {@code weigh} sums up each share
 * of 1,024 tokens, one group of 128 work items for each; {@code draw} finds the share and the token
 * in it, one such group for each row.
 *
 * <p>Local memory 2.5 KiB at most. Moves 4 bytes a logit.
 */
public final class DrawToken {
  /** In the place of a token where none can be drawn: logits are broken, or none is finite. */
  static final int NONE = -1;

  private static final int GROUP = Geometry.GROUP;
  private static final int SHARE = SortShares.SHARE;
  private static final int OWN = SHARE / GROUP;

  private DrawToken() {}

  static KernelTask weigh(
      FloatArray adjusted,
      Chances chances,
      FloatArray largest,
      FloatArray bars,
      IntArray equals,
      DoubleArray sums,
      int rows,
      int vocabulary) {
    int shares = SortShares.shares(vocabulary);
    return KernelTask.of(
        DrawToken.class,
        "weigh",
        Geometry.ofGroups(rows * shares),
        in(adjusted),
        in(chances.factors()),
        in(largest),
        in(bars),
        in(equals),
        out(sums),
        scalar(vocabulary),
        scalar(shares));
  }

  static KernelTask draw(
      FloatArray adjusted,
      Chances chances,
      FloatArray largest,
      FloatArray bars,
      IntArray equals,
      DoubleArray sums,
      IntArray tokens,
      int rows,
      int vocabulary) {
    return KernelTask.of(
        DrawToken.class,
        "draw",
        Geometry.ofGroups(rows),
        in(adjusted),
        in(chances.factors()),
        in(chances.shares()),
        in(largest),
        in(bars),
        in(equals),
        in(sums),
        out(tokens),
        scalar(vocabulary),
        scalar(SortShares.shares(vocabulary)));
  }

  /** The kernel that sums up a share. */
  public static void weigh(
      KernelContext context,
      FloatArray adjusted,
      FloatArray factors,
      FloatArray largest,
      FloatArray bars,
      IntArray equals,
      DoubleArray sums,
      int vocabulary,
      int shares) {
    int item = context.localIdx;
    int group = context.groupIdx;
    int row = group / shares;
    double[] parts = context.allocateDoubleLocalArray(GROUP);
    float temperature = factors.get(row * Chances.FACTORS + Chances.TEMPERATURE);
    float best = largest.get(row);
    float bar = bars.get(group);
    int start = group % shares * SHARE;
    int end = start + SHARE < vocabulary ? start + SHARE : vocabulary;
    double own = item == 0 ? equals.get(group) * weight(bar, best, temperature) : 0;
    for (int token = start + item; token < end; token += GROUP) {
      float logit = adjusted.get(row * vocabulary + token);
      double weight = weight(logit, best, temperature);
      own += logit > bar ? weight : 0;
    }
    parts[item] = own;
    for (int stride = GROUP / 2; stride > 0; stride >>= 1) {
      context.localBarrier();
      if (item < stride) {
        parts[item] += parts[item + stride];
      }
    }
    if (item == 0) {
      sums.set(group, parts[0]);
    }
  }

  /** The kernel that draws. */
  public static void draw(
      KernelContext context,
      FloatArray adjusted,
      FloatArray factors,
      DoubleArray chances,
      FloatArray largest,
      FloatArray bars,
      IntArray equals,
      DoubleArray sums,
      IntArray tokens,
      int vocabulary,
      int shares) {
    int item = context.localIdx;
    int row = context.groupIdx;
    double[] parts = context.allocateDoubleLocalArray(CutTail.MAX_SHARES);
    int[] before = context.allocateIntLocalArray(GROUP);
    double[] missing = context.allocateDoubleLocalArray(1);
    int[] chosen = context.allocateIntLocalArray(1);
    for (int share = item; share < shares; share += GROUP) {
      parts[share] = sums.get(row * shares + share);
    }
    context.localBarrier();
    if (item == 0) {
      double total = 0;
      for (int share = 0; share < shares; share++) {
        total += parts[share];
      }
      double bound = chances.get(row * Chances.SHARES + Chances.DRAW) * total;
      double sum = 0;
      double sumBefore = 0;
      int found = 0;
      for (int share = 0; share < shares; share++) {
        double part = parts[share];
        double reach = part > 0 ? bound : -1;
        found = sum <= reach ? share : found;
        sumBefore = sum <= reach ? sum : sumBefore;
        sum += part;
      }
      chosen[0] = found;
      missing[0] = bound - sumBefore;
    }
    context.localBarrier();
    int share = chosen[0];
    float temperature = factors.get(row * Chances.FACTORS + Chances.TEMPERATURE);
    float best = largest.get(row);
    float bar = bars.get(row * shares + share);
    int left = equals.get(row * shares + share);
    int start = share * SHARE + item * OWN;
    int end = start + OWN < vocabulary ? start + OWN : vocabulary;
    int level = 0;
    for (int token = start; token < end; token++) {
      level += adjusted.get(row * vocabulary + token) == bar ? 1 : 0;
    }
    before[item] = level;
    context.localBarrier();
    int levelBefore = 0;
    for (int i = 0; i < item; i++) {
      levelBefore += before[i];
    }
    double own = 0;
    int seen = levelBefore;
    for (int token = start; token < end; token++) {
      float logit = adjusted.get(row * vocabulary + token);
      double weight = weight(logit, best, temperature);
      double atBar = seen < left ? weight : 0;
      own += logit > bar ? weight : (logit == bar ? atBar : 0);
      seen += logit == bar ? 1 : 0;
    }
    context.localBarrier();
    parts[item] = own;
    before[item] = levelBefore;
    context.localBarrier();
    if (item == 0) {
      double bound = missing[0];
      double sum = 0;
      double sumBefore = 0;
      int found = 0;
      for (int i = 0; i < GROUP; i++) {
        double part = parts[i];
        double reach = part > 0 ? bound : -1;
        found = sum <= reach ? i : found;
        sumBefore = sum <= reach ? sum : sumBefore;
        sum += part;
      }
      int from = share * SHARE + found * OWN;
      int to = from + OWN < vocabulary ? from + OWN : vocabulary;
      int counted = before[found];
      double upTo = sumBefore;
      int token = NONE;
      for (int candidate = from; candidate < to; candidate++) {
        float logit = adjusted.get(row * vocabulary + candidate);
        double full = weight(logit, best, temperature);
        double atBar = counted < left ? full : 0;
        double weight = logit > bar ? full : (logit == bar ? atBar : 0);
        int drawn = weight > 0 ? candidate : token;
        token = upTo <= bound ? drawn : token;
        upTo += weight;
        counted += logit == bar ? 1 : 0;
      }
      int possible = best < AdjustLogits.BROKEN ? token : NONE;
      tokens.set(row, best > AdjustLogits.BANNED ? possible : NONE);
    }
  }

  /** As on the host: in single precision where a temperature divides. */
  private static double weight(float logit, float largest, float temperature) {
    float cooled = (logit - largest) / temperature;
    double plain = (double) logit - largest;
    return Exponential.of(temperature == 1 ? plain : cooled);
  }
}
