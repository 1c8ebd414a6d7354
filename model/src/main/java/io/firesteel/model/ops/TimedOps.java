package io.firesteel.model.ops;

/** Ops whose kernels can be timed without the way of their operands to them and back. */
public interface TimedOps extends Ops {
  /**
   * Makes a call ready to be run many times.
   *
   * @param call stays unchanged while the result is in use
   * @param copies how often the weights are laid out in memory, at least 1; runs rotate among the
   *     copies, so that weights larger than the caches together are read from memory each time
   * @throws UnsupportedOperationException if {@link #supports} is false
   */
  PreparedOp prepare(OpCall call, int copies);
}
