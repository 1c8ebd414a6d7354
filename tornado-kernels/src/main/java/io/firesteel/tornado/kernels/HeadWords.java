package io.firesteel.tornado.kernels;

/**
 * The 4 elements of a key or value that one work item of {@link SplitAttention} works on, so that
 * neighbouring work items read neighbouring ints. They come in two ints, here called word and
 * other: half floats in pairs, one from each half of the head; bytes all in the word, with the int
 * that has their scale as the other.
 */
final class HeadWords {
  /** Ints of bytes that have one scale. */
  private static final int RUN = 8;

  private static final int ELEMENTS = 4;

  private HeadWords() {}

  /**
   * Index of the word in the first row of a key/value head on the first page.
   *
   * @param shape a {@link PageShape}
   * @param plane 0 for keys, 1 for values
   * @param slice which elements, 0 to a quarter of the head's size
   */
  static int word(int shape, int plane, int kv, int slice) {
    return PageShape.row(shape, 0, plane, kv, 0) + slice;
  }

  /** Index of the other int, likewise. */
  static int other(int shape, int plane, int kv, int slice) {
    if (PageShape.elements(shape) == 4) {
      return PageShape.scales(shape, 0, plane, kv, 0) + slice / (2 * RUN);
    }
    return word(shape, plane, kv, slice) + PageShape.headSize(shape) / ELEMENTS;
  }

  /** Ints from a row's other int to the next row's. */
  static int otherInts(int shape) {
    return PageShape.elements(shape) == 4
        ? PageShape.scaleInts(shape)
        : PageShape.headSize(shape) / PageShape.elements(shape);
  }

  /** Bits of the other int below what belongs to the slice. */
  static int otherShift(int shape, int slice) {
    return PageShape.elements(shape) == 4 ? slice / RUN % 2 * 16 : 0;
  }

  /**
   * What the elements are multiples of; for half floats 1, since they come in units of {@link
   * Halves#UNIT}.
   *
   * @param per elements of an int, 2 or 4
   */
  static float unit(int per, int other) {
    return per == 2 ? 1 : Halves.toFloat(other);
  }

  /**
   * An element.
   *
   * @param unit see {@link #unit}
   * @param e which element, 0 to 3
   */
  static float value(int per, int word, int other, float unit, int e) {
    if (per == 2) {
      return Halves.steps((e < 2 ? word : other) >>> e % 2 * 16);
    }
    return Bytes.signed(word, e * 8) * unit;
  }

  /** Index within the head of element {@code e} of a slice. */
  static int element(int per, int slices, int slice, int e) {
    return (slice + e / per * slices) * per + e % per;
  }

  /** Which of its slice's elements is the one with an index within the head. */
  static int indexInSlice(int per, int slices, int element) {
    return element / per / slices * per + element % per;
  }
}
