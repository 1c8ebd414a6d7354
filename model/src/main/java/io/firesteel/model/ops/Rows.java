package io.firesteel.model.ops;

import io.firesteel.model.kv.KvLayout;

/**
 * Which sequence and position each row of a step belongs to. Rows of a step may come from one
 * sequence (prefill), from many (batched decode), or from both at once. Row {@code r} attends to
 * positions 0 to {@code positions[r]} of its sequence; the keys of all rows of a step are appended
 * before any row attends.
 *
 * @param sequences index into {@code pageTables} for each row
 * @param positions position in its sequence for each row
 * @param pageTables for each sequence, the page that holds positions {@code i * pageTokens} and
 *     following at index {@code i}
 */
public record Rows(int[] sequences, int[] positions, int[][] pageTables) {
  /** Checks that the arrays agree. */
  public Rows {
    Shapes.positive("rows", positions.length);
    Shapes.length("sequences", sequences, positions.length);
    Shapes.indices("sequences", sequences, pageTables.length);
  }

  /** A run of consecutive positions of one sequence. */
  public static Rows ofSequence(int firstPosition, int count, int... pageTable) {
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      positions[i] = firstPosition + i;
    }
    return new Rows(new int[count], positions, new int[][] {pageTable});
  }

  /** Number of rows. */
  public int count() {
    return positions.length;
  }

  /** The page that holds position {@code position} of the row's sequence. */
  public int page(int row, int position, KvLayout layout) {
    return pageTables[sequences[row]][position / layout.pageTokens()];
  }

  /** Checks that every position from 0 to each row's own has a page inside the pool. */
  void checkPages(KvPool pool) {
    for (int row = 0; row < count(); row++) {
      if (positions[row] < 0) {
        throw new IllegalArgumentException(
            "positions[" + row + "] is " + positions[row] + ", expected at least 0");
      }
      int needed = positions[row] / pool.layout().pageTokens() + 1;
      int present = pageTables[sequences[row]].length;
      if (present < needed) {
        throw new IllegalArgumentException(
            "page table of sequence "
                + sequences[row]
                + " has "
                + present
                + " pages, expected at least "
                + needed
                + " for position "
                + positions[row]);
      }
    }
    for (int s = 0; s < pageTables.length; s++) {
      Shapes.indices("page table of sequence " + s, pageTables[s], pool.pages());
    }
  }
}
