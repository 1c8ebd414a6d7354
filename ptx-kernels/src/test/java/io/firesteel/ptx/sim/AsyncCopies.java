package io.firesteel.ptx.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * Asynchronous copies ({@code cp.async}) of the lanes of a warp. A copy happens as late as it may,
 * when its group is waited for, so that a missing wait leaves memory unwritten.
 */
final class AsyncCopies {
  private final List<Op> open = new ArrayList<>();
  private final List<Op> groups = new ArrayList<>();

  /** A copy that the lanes of the mask have started. */
  void start(Op copy, int mask) {
    open.add((warp, _) -> copy.run(warp, mask));
  }

  /** Closes the group of copies started since the last one. */
  void commit() {
    List<Op> members = List.copyOf(open);
    open.clear();
    groups.add((warp, mask) -> members.forEach(copy -> copy.run(warp, mask)));
  }

  /** Runs the copies of all but the latest {@code pending} groups. */
  void await(Warp warp, int pending) {
    while (groups.size() > pending) {
      groups.removeFirst().run(warp, -1);
    }
  }
}
