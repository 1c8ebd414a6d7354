package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Pages of half floats, two in an int; {@link io.firesteel.model.kv.KvLayout} has their order. */
final class HalfPages {
  private static final int GROUP = Geometry.GROUP;

  private HalfPages() {}

  /**
   * Loads the keys or values of consecutive positions of one head.
   *
   * @param tile local memory, {@code size + 1} places for each position
   * @param table index of the sequence's first page in {@code tables}
   * @param plane 0 for keys, 1 for values
   * @param start first position
   * @param count number of positions
   */
  static void load(
      float[] tile,
      IntArray cache,
      IntArray tables,
      int table,
      int plane,
      int start,
      int count,
      int kv,
      int kvHeads,
      int size,
      int pageTokens,
      int item) {
    int rowInts = size / 2;
    int planeInts = kvHeads * pageTokens * rowInts;
    for (int i = item; i < count * rowInts; i += GROUP) {
      int t = i / rowInts;
      int within = i % rowInts;
      int position = start + t;
      int page = tables.get(table + position / pageTokens);
      int line = kv * pageTokens + position % pageTokens;
      int pair = cache.get((2 * page + plane) * planeInts + line * rowInts + within);
      tile[t * (size + 1) + 2 * within] = Halves.toFloat(pair);
      tile[t * (size + 1) + 2 * within + 1] = Halves.toFloat(pair >>> 16);
    }
  }
}
