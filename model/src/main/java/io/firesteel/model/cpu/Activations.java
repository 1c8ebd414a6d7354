package io.firesteel.model.cpu;

import io.firesteel.model.ops.Norm;

/**
 * The rows that a product reads, laid out as {@link DotKernel} wants them: whole vectors, padded
 * with zeros.
 *
 * @param values the rows
 * @param at where each row begins
 * @param count number of rows
 */
record Activations(float[] values, int[] at, int count) {
  private static final int PARALLEL_ROWS = 8;

  /**
   * Rows of {@code columns} elements as they are, copied only if a row is no whole number of
   * vectors.
   */
  static Activations of(float[] x, int columns) {
    int rows = x.length / columns;
    int stride = DotKernel.stride(columns);
    if (stride == columns) {
      return new Activations(x, offsets(rows, columns), rows);
    }
    float[] padded = new float[rows * stride];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, row * columns, padded, row * stride, columns);
    }
    return new Activations(padded, offsets(rows, stride), rows);
  }

  /** Rows after RMSNorm. */
  static Activations normed(float[] x, int columns, Norm norm, Team team) {
    int rows = x.length / columns;
    int stride = DotKernel.stride(columns);
    float[] normed = new float[rows * stride];
    if (rows < PARALLEL_ROWS) {
      for (int row = 0; row < rows; row++) {
        team.arithmetic().norm(x, row * columns, columns, norm, normed, row * stride);
      }
    } else {
      team.pool()
          .run(
              Math.ceilDiv(rows, PARALLEL_ROWS),
              (block, worker) -> {
                int end = Math.min(rows, (block + 1) * PARALLEL_ROWS);
                for (int row = block * PARALLEL_ROWS; row < end; row++) {
                  team.arithmetic().norm(x, row * columns, columns, norm, normed, row * stride);
                }
              });
    }
    return new Activations(normed, offsets(rows, stride), rows);
  }

  private static int[] offsets(int rows, int stride) {
    int[] at = new int[rows];
    for (int row = 0; row < rows; row++) {
      at[row] = row * stride;
    }
    return at;
  }
}
