package io.firesteel.model.ops;

/**
 * One call with its inputs where the implementation wants them (for a GPU: in device memory), ready
 * to be run many times. Made for measuring: nothing but the op itself happens in {@link #run}.
 */
public interface PreparedOp extends AutoCloseable {
  /**
   * Runs the op {@code times} times, one after the other.
   *
   * @return nanoseconds from the start of the first run to the end of the last, by the device's own
   *     clock where it has one
   */
  long run(int times);

  /** Copies the outputs of the latest run into the call's arrays. */
  void fetch();

  /** Frees what {@link TimedOps#prepare} took. */
  @Override
  void close();
}
