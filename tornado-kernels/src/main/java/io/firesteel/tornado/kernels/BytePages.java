package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Pages of signed bytes, four in an int, with a half-float scale for 32; {@link
 * io.firesteel.model.kv.KvLayout} has their order.
 */
final class BytePages {
  private static final int GROUP = Geometry.GROUP;
  private static final int RUN = 32;

  private BytePages() {}

  /** Ints of the keys (or values) of a page, without scales. */
  static int planeInts(int kvHeads, int size, int pageTokens) {
    return kvHeads * pageTokens * (size / 4);
  }

  /** Ints of a page. */
  static int pageInts(int kvHeads, int size, int pageTokens) {
    return 2 * planeInts(kvHeads, size, pageTokens) + kvHeads * pageTokens * (size / RUN);
  }

  /** As {@link HalfPages#load}. */
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
    int rowInts = size / 4;
    int planeInts = planeInts(kvHeads, size, pageTokens);
    int pageInts = pageInts(kvHeads, size, pageTokens);
    for (int i = item; i < count * rowInts; i += GROUP) {
      int t = i / rowInts;
      int within = i % rowInts;
      int position = start + t;
      int page = tables.get(table + position / pageTokens) * pageInts;
      int line = kv * pageTokens + position % pageTokens;
      int bytes = cache.get(page + plane * planeInts + line * rowInts + within);
      int scaleLine = plane * kvHeads * pageTokens + line;
      float scale = Halves.get(cache, page + 2 * planeInts, scaleLine * (size / RUN) + within / 8);
      int target = t * (size + 1) + 4 * within;
      tile[target] = (bytes << 24 >> 24) * scale;
      tile[target + 1] = (bytes << 16 >> 24) * scale;
      tile[target + 2] = (bytes << 8 >> 24) * scale;
      tile[target + 3] = (bytes >> 24) * scale;
    }
  }
}
