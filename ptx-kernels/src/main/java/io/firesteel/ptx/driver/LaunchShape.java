package io.firesteel.ptx.driver;

import java.util.Objects;

/**
 * How a kernel is launched.
 *
 * @param grid blocks
 * @param block threads of a block, at most 1,024
 * @param sharedBytes dynamic shared memory of a block
 * @param cluster blocks of a thread-block cluster, {@code 1x1x1} for none; needs compute capability
 *     9.0
 * @param programmatic whether the kernel may start before its predecessor in the stream ends
 *     (programmatic dependent launch); it must then execute {@code griddepcontrol.wait} before it
 *     reads what the predecessor wrote. Needs compute capability 9.0
 */
public record LaunchShape(Dim grid, Dim block, int sharedBytes, Dim cluster, boolean programmatic) {
  private static final int MAX_THREADS = 1024;

  /** Checks the ranges stated above. */
  public LaunchShape {
    Objects.requireNonNull(grid, "grid");
    Objects.requireNonNull(cluster, "cluster");
    if (block.count() > MAX_THREADS) {
      throw new IllegalArgumentException(
          "block has " + block.count() + " threads, expected at most " + MAX_THREADS);
    }
    if (sharedBytes < 0) {
      throw new IllegalArgumentException("sharedBytes is " + sharedBytes + ", expected at least 0");
    }
    if (grid.x() % cluster.x() != 0 || grid.y() % cluster.y() != 0 || grid.z() % cluster.z() != 0) {
      throw new IllegalArgumentException(
          "grid is "
              + grid
              + ", expected a multiple of the cluster "
              + cluster
              + " along each axis");
    }
  }

  /** A plain launch: no dynamic shared memory, no cluster, no overlap. */
  public LaunchShape(Dim grid, Dim block) {
    this(grid, block, 0, Dim.of(1), false);
  }

  /** The same with dynamic shared memory. */
  public LaunchShape withSharedBytes(int bytes) {
    return new LaunchShape(grid, block, bytes, cluster, programmatic);
  }

  /** The same in clusters of blocks. */
  public LaunchShape withCluster(Dim blocks) {
    return new LaunchShape(grid, block, sharedBytes, blocks, programmatic);
  }

  /** The same with programmatic dependent launch switched on or off. */
  public LaunchShape withProgrammatic(boolean overlap) {
    return new LaunchShape(grid, block, sharedBytes, cluster, overlap);
  }

  @Override
  public String toString() {
    return "grid "
        + grid
        + ", block "
        + block
        + (sharedBytes == 0 ? "" : ", " + sharedBytes + " B dynamic shared memory")
        + (cluster.count() == 1 ? "" : ", cluster " + cluster)
        + (programmatic ? ", programmatic" : "");
  }
}
