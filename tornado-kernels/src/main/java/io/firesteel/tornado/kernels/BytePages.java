package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Pages of signed bytes, four in an int, with a half-float scale for 32; {@link
 * io.firesteel.model.kv.KvLayout} has their order.
 */
final class BytePages {
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

  /**
   * Four neighbouring elements of a key or value.
   *
   * @param plane 0 for keys, 1 for values
   * @param place position within the page
   * @param within which four elements
   */
  static int quad(
      IntArray cache,
      int page,
      int plane,
      int place,
      int within,
      int kv,
      int kvHeads,
      int size,
      int pageTokens) {
    int start =
        page * pageInts(kvHeads, size, pageTokens) + plane * planeInts(kvHeads, size, pageTokens);
    return cache.get(start + (kv * pageTokens + place) * (size / 4) + within);
  }

  /** The scale of the elements that {@link #quad} gives. */
  static float scale(
      IntArray cache,
      int page,
      int plane,
      int place,
      int within,
      int kv,
      int kvHeads,
      int size,
      int pageTokens) {
    int start =
        page * pageInts(kvHeads, size, pageTokens) + 2 * planeInts(kvHeads, size, pageTokens);
    int line = plane * kvHeads * pageTokens + kv * pageTokens + place;
    return Halves.get(cache, start, line * (size / RUN) + within / 8);
  }
}
