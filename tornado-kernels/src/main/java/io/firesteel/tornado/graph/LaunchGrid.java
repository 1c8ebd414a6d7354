package io.firesteel.tornado.graph;

import io.firesteel.tornado.sdk.Backend;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid3D;

/** Work groups for TornadoVM's grid scheduler. */
final class LaunchGrid {
  private LaunchGrid() {}

  /** A grid of groups of {@code threads} work items along x. */
  static WorkerGrid of(Backend backend, int groupsX, int groupsY, int groupsZ, int threads) {
    WorkerGrid3D grid = new WorkerGrid3D(groupsX * threads, groupsY, groupsZ);
    grid.setLocalWork(threads, 1, 1);
    return backend == Backend.PTX ? new ExactGrid(grid) : grid;
  }

  /**
   * Keeps the size of the groups. TornadoVM's PTX backend replaces a size whose product exceeds the
   * one of best occupancy, which breaks every kernel that counts on its size; a fourth extent of 0
   * makes that product 0 and is otherwise not looked at.
   */
  private record ExactGrid(WorkerGrid grid) implements WorkerGrid {
    @Override
    public int dimension() {
      return grid.dimension();
    }

    @Override
    public long[] getGlobalWork() {
      return grid.getGlobalWork();
    }

    @Override
    public long[] getLocalWork() {
      long[] local = grid.getLocalWork();
      return local == null ? null : new long[] {local[0], local[1], local[2], 0};
    }

    @Override
    public long[] getNumberOfWorkgroups() {
      return grid.getNumberOfWorkgroups();
    }

    @Override
    public long[] getGlobalOffset() {
      return grid.getGlobalOffset();
    }

    @Override
    public void setGlobalWork(long x, long y, long z) {
      grid.setGlobalWork(x, y, z);
    }

    @Override
    public void setLocalWork(long x, long y, long z) {
      grid.setLocalWork(x, y, z);
    }

    @Override
    public void setNumberOfWorkgroupsToNull() {
      grid.setNumberOfWorkgroupsToNull();
    }

    @Override
    public void setLocalWorkToNull() {
      grid.setLocalWorkToNull();
    }

    @Override
    public void setGlobalOffset(long x, long y, long z) {
      grid.setGlobalOffset(x, y, z);
    }
  }
}
