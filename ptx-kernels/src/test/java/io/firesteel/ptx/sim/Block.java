package io.firesteel.ptx.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A block (CTA) that runs: its warps, shared memory and barriers. */
final class Block {
  private final Grid grid;
  private final int index;
  private final int[] position;
  private final Bytes shared;
  private final SharedRaces races;
  private final List<Warp> warps = new ArrayList<>();
  private final Map<Long, Bytes> local = new HashMap<>();
  private final Map<Integer, Barrier> barriers = new TreeMap<>();
  private int ended;

  /** A barrier that some warps have arrived at. */
  private static final class Barrier {
    final boolean[] arrived;
    final boolean[] waits;
    int expected;
    int threads;
    int votes;

    Barrier(int warps) {
      arrived = new boolean[warps];
      waits = new boolean[warps];
    }
  }

  Block(Grid grid, int index) {
    this.grid = grid;
    this.index = index;
    int[] size = grid.size();
    position = new int[] {index % size[0], index / size[0] % size[1], index / size[0] / size[1]};
    shared = new Bytes(grid.sharedBytes());
    races = new SharedRaces(grid.sharedBytes(), grid.warps());
    for (int warp = 0; warp < grid.warps(); warp++) {
      warps.add(new Warp(this, warp));
    }
  }

  Grid grid() {
    return grid;
  }

  int index() {
    return index;
  }

  int[] position() {
    return position;
  }

  String name() {
    return "(" + position[0] + "," + position[1] + "," + position[2] + ")";
  }

  List<Warp> warps() {
    return warps;
  }

  Bytes shared() {
    return shared;
  }

  SharedRaces races() {
    return races;
  }

  /** Local memory of a thread, made when first used. */
  Bytes local(int thread) {
    return local.computeIfAbsent(
        (long) thread, _ -> new Bytes(grid.program().entry().localBytes()));
  }

  boolean done() {
    return warps.stream().allMatch(Warp::done);
  }

  /**
   * A warp arrives at a barrier.
   *
   * @param expected threads that must arrive, 0 for all of the block
   * @param waits whether the warp waits until it is complete
   * @param votes number of lanes whose predicate holds, for {@code bar.red}
   */
  void arrive(Warp warp, int id, int expected, boolean waits, int votes) {
    Barrier barrier = barriers.computeIfAbsent(id, _ -> new Barrier(grid.warps()));
    if (barrier.threads > 0 && barrier.expected != expected) {
      throw warp.fault(warp.live(), "barrier " + id + " is used with different thread counts");
    }
    if (barrier.arrived[warp.index]) {
      throw warp.fault(warp.live(), "arrives twice at barrier " + id);
    }
    barrier.expected = expected;
    barrier.arrived[warp.index] = true;
    barrier.waits[warp.index] = waits;
    barrier.threads += expected == 0 ? Integer.bitCount(warp.live()) : Warp.LANES;
    barrier.votes += votes;
    if (!waits) {
      warp.pass();
    }
    completeBarriers();
  }

  /** Lanes of a warp have ended, which barriers of the whole block no longer wait for. */
  void left(int lanes) {
    ended += Integer.bitCount(lanes);
    completeBarriers();
  }

  private void completeBarriers() {
    barriers
        .entrySet()
        .removeIf(
            entry -> {
              Barrier barrier = entry.getValue();
              int needed = barrier.expected == 0 ? grid.threads() - ended : barrier.expected;
              if (barrier.threads < needed) {
                return false;
              }
              complete(barrier);
              return true;
            });
  }

  private void complete(Barrier barrier) {
    races.barrier(barrier.arrived, barrier.waits);
    boolean awaited =
        warps.stream().anyMatch(warp -> barrier.arrived[warp.index] && warp.predecessorAwaited());
    for (Warp warp : warps) {
      if (barrier.waits[warp.index]) {
        if (awaited) {
          warp.awaitPredecessor();
        }
        warp.barrierResult = barrier.votes;
        warp.pass();
      }
    }
  }
}
