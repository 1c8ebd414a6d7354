package io.firesteel.ptx.driver;

/**
 * Extents of a grid (in blocks or clusters), a block (in threads) or a cluster (in blocks).
 *
 * @param x extent along x, at least 1
 * @param y extent along y, at least 1
 * @param z extent along z, at least 1
 */
public record Dim(int x, int y, int z) {
  /** Checks the ranges stated above. */
  public Dim {
    if (x < 1 || y < 1 || z < 1) {
      throw new IllegalArgumentException(
          "extent is " + x + "x" + y + "x" + z + ", expected at least 1 along each axis");
    }
  }

  /** A line of {@code x}. */
  public static Dim of(int x) {
    return new Dim(x, 1, 1);
  }

  /** A rectangle. */
  public static Dim of(int x, int y) {
    return new Dim(x, y, 1);
  }

  /** Product of the extents. */
  public long count() {
    return (long) x * y * z;
  }

  @Override
  public String toString() {
    return x + "x" + y + "x" + z;
  }
}
