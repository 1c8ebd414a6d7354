package io.firesteel.tornado.kernels;

import io.firesteel.model.ops.Heads;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Flash-decode over the paged cache: splits of the sequence side by side, then joined. */
public final class AttentionOp {
  /** Groups that keep a large GPU busy: four for each of an H100's 132 multiprocessors. */
  private static final int GROUPS = 528;

  private AttentionOp() {}

  /**
   * Number of splits that keeps a GPU busy.
   *
   * @param context positions of the longest sequence that is expected
   */
  public static int splits(Heads heads, int rows, int context) {
    int wanted = Math.ceilDiv(GROUPS, rows * SplitAttention.groups(heads));
    return Math.clamp(
        wanted, 1, Math.min(JoinSplits.MOST_SPLITS, Math.ceilDiv(context, Partials.SHORTEST)));
  }

  /** Elements of the scratch array. */
  public static int partials(Heads heads, int rows, int splits) {
    return Partials.count(rows * heads.queries(), splits, heads.size());
  }

  /**
   * The launches.
   *
   * @param q rotated queries, {@code rows * heads.queryWidth()}
   * @param scale factor on the scores
   * @param window number of latest positions that are seen, or 0 for all
   * @param partials scratch of {@link #partials} elements
   * @param out output, as long as q
   */
  public static List<KernelTask> tasks(
      Heads heads,
      FloatArray q,
      KvArrays cache,
      float scale,
      int window,
      FloatArray partials,
      FloatArray out,
      int rows,
      int splits) {
    return List.of(
        SplitAttention.task(heads, q, cache, scale, window, partials, rows, splits),
        JoinSplits.task(heads, partials, cache.positions(), window, out, rows, splits));
  }
}
