package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Pages of half floats, two in an int; {@link io.firesteel.model.kv.KvLayout} has their order. */
final class HalfPages {
  private HalfPages() {}

  /**
   * Two neighbouring elements of a key or value.
   *
   * @param table index of the sequence's first page in {@code tables}
   * @param plane 0 for keys, 1 for values
   * @param position position in the sequence
   * @param within which pair of elements
   */
  static int pair(
      IntArray cache,
      IntArray tables,
      int table,
      int plane,
      int position,
      int within,
      int kv,
      int kvHeads,
      int size,
      int pageTokens) {
    int rowInts = size / 2;
    int planeInts = kvHeads * pageTokens * rowInts;
    int page = tables.get(table + position / pageTokens);
    int line = kv * pageTokens + position % pageTokens;
    return cache.get((2 * page + plane) * planeInts + line * rowInts + within);
  }
}
