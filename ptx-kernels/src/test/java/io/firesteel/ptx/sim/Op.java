package io.firesteel.ptx.sim;

/** What an instruction does to the lanes of a warp. */
@FunctionalInterface
interface Op {
  /** Runs for the lanes whose bits are set in {@code mask}. */
  void run(Warp warp, int mask);
}
