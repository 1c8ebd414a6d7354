package io.firesteel.tornado.kernels;

import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * One layer's paged cache and the place of each row in it.
 *
 * @param layout where keys and values lie inside a page; F16 or Q8
 * @param data the pages, one after the other
 * @param tables page of each run of positions, for each sequence {@code tableStride} of them
 * @param tableStride entries of a sequence's table
 * @param sequences sequence of each row
 * @param positions position of each row
 */
public record KvArrays(
    KvLayout layout,
    IntArray data,
    IntArray tables,
    int tableStride,
    IntArray sequences,
    IntArray positions) {
  private static final int RUNS_OF_AN_INT = 64;

  /** Refuses formats without kernels, and arrays that do not fit together. */
  public KvArrays {
    if (!isSupported(layout)) {
      throw new IllegalArgumentException(
          "cache of "
              + layout.format()
              + " with heads of "
              + layout.headSize()
              + ", expected F16, or Q8 with a multiple of 64; heads of up to 256");
    }
    int entries = tables.getSize();
    if (tableStride < 1 || entries % tableStride != 0) {
      throw new IllegalArgumentException(
          "length of tables is " + entries + ", expected a multiple of the stride " + tableStride);
    }
    int rows = positions.getSize();
    if (rows < 1 || sequences.getSize() != rows) {
      throw new IllegalArgumentException(
          "lengths of positions and sequences are "
              + rows
              + " and "
              + sequences.getSize()
              + ", expected one of each for every row");
    }
  }

  /**
   * Whether there are kernels for a layout. Kernels cannot take a float's bits, so there are none
   * for F32; two scales of Q8 share an int, which must belong to one position.
   */
  public static boolean isSupported(KvLayout layout) {
    return SplitAttention.fits(layout.headSize())
        && switch (layout.format()) {
          case F32 -> false;
          case F16 -> true;
          case Q8 -> layout.headSize() % RUNS_OF_AN_INT == 0;
        };
  }

  /** Whether the elements are half floats. */
  boolean isHalf() {
    return layout.format() == KvFormat.F16;
  }
}
