package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;

/**
 * How a kernel is launched: in one dimension, groups of equal size.
 *
 * @param groups number of work groups, at least 1
 * @param groupSize work items of a group, 1 to 1,024
 */
public record Geometry(int groups, int groupSize) {
  /** Group size of most kernels: four warps. */
  static final int GROUP = 128;

  /** Work items of a warp. */
  static final int WARP = 32;

  private static final int LARGEST_GROUP = 1024;

  /** Warps that a large GPU holds at once: 64 on each of 132 multiprocessors. */
  private static final int RESIDENT = 8448;

  /** Checks the ranges stated above. */
  public Geometry {
    if (groups < 1) {
      throw new IllegalArgumentException("groups is " + groups + ", expected at least 1");
    }
    if (groupSize < 1 || groupSize > LARGEST_GROUP) {
      throw new IllegalArgumentException(
          "group size is " + groupSize + ", expected 1 to " + LARGEST_GROUP);
    }
    Math.multiplyExact(groups, groupSize);
  }

  /** As many groups as {@code items} work items need. */
  public static Geometry ofItems(int items) {
    return new Geometry(Math.ceilDiv(items, GROUP), GROUP);
  }

  /** As many groups as {@code warps} warps need. */
  public static Geometry ofWarps(int warps) {
    return new Geometry(Math.ceilDiv(warps, GROUP / WARP), GROUP);
  }

  /**
   * How many warps share an output that takes {@code pieces} pieces of work: one piece for a lane,
   * so that all loads are on their way at once, as far as a GPU holds all these warps.
   *
   * @return 1, 2 or 4
   */
  static int warpsSharing(int outputs, int pieces) {
    int warps = 1;
    while (warps < GROUP / WARP && warps * WARP < pieces && 2L * warps * outputs <= RESIDENT) {
      warps *= 2;
    }
    return warps;
  }

  /** One group for each of {@code groups} pieces of work. */
  public static Geometry ofGroups(int groups) {
    return new Geometry(groups, GROUP);
  }

  /** Number of work items. */
  public int items() {
    return groups * groupSize;
  }

  /** For TornadoVM's {@link uk.ac.manchester.tornado.api.GridScheduler}. */
  public WorkerGrid workerGrid() {
    WorkerGrid1D grid = new WorkerGrid1D(items());
    grid.setLocalWork(groupSize, 1, 1);
    return grid;
  }
}
