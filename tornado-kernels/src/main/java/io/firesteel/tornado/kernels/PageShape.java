package io.firesteel.tornado.kernels;

import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;

/**
 * A {@link KvLayout} in one argument, as TornadoVM takes no more than fifteen, and where a kernel
 * finds things in an array of such pages. All of it is constant in the compiled code.
 *
 * <p>Half floats stand two in an int, signed bytes four, with a half-float scale for 32, so that
 * two scales share an int.
 */
final class PageShape {
  private static final int SIZE_UNIT = 32;
  private static final int ELEMENTS_OF_A_SCALE_INT = 64;

  private PageShape() {}

  /** The layout as a positive number. */
  static int of(KvLayout layout) {
    int tokens = Integer.numberOfTrailingZeros(layout.pageTokens());
    int bytes = layout.format() == KvFormat.Q8 ? 1 : 0;
    return layout.kvHeads() << 10 | tokens << 5 | layout.headSize() / SIZE_UNIT << 1 | bytes;
  }

  static int kvHeads(int shape) {
    return shape >>> 10;
  }

  static int pageTokens(int shape) {
    return 1 << (shape >>> 5 & 31);
  }

  static int headSize(int shape) {
    return (shape >>> 1 & 15) * SIZE_UNIT;
  }

  /** Elements in an int: 2 half floats or 4 bytes. */
  static int elements(int shape) {
    return 2 + 2 * (shape & 1);
  }

  /** Which of its sequence's pages has a position. */
  static int page(int shape, int position) {
    return position >>> (shape >>> 5 & 31);
  }

  /** A position's place within its page. */
  static int slot(int shape, int position) {
    return position & pageTokens(shape) - 1;
  }

  /**
   * Index of the first int of a key or value.
   *
   * @param page number of the page
   * @param plane 0 for keys, 1 for values
   * @param kv key/value head
   * @param slot position within the page
   */
  static int row(int shape, int page, int plane, int kv, int slot) {
    int line = kv * pageTokens(shape) + slot;
    return page * pageInts(shape)
        + plane * planeInts(shape)
        + line * (headSize(shape) / elements(shape));
  }

  /** Index of the first int of the scales of a key or value of bytes; see {@link #row}. */
  static int scales(int shape, int page, int plane, int kv, int slot) {
    int line = (plane * kvHeads(shape) + kv) * pageTokens(shape) + slot;
    return page * pageInts(shape) + 2 * planeInts(shape) + line * scaleInts(shape);
  }

  /** Ints of a page. */
  static int pageInts(int shape) {
    int scales = kvHeads(shape) * pageTokens(shape) * scaleInts(shape);
    return 2 * (planeInts(shape) + (shape & 1) * scales);
  }

  /** Ints of the scales of a key or value of bytes. */
  static int scaleInts(int shape) {
    return headSize(shape) / ELEMENTS_OF_A_SCALE_INT;
  }

  private static int planeInts(int shape) {
    return kvHeads(shape) * pageTokens(shape) * (headSize(shape) / elements(shape));
  }
}
