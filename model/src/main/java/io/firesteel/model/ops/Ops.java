package io.firesteel.model.ops;

/**
 * An implementation of the decode graph's ops that can be called one at a time on host memory: the
 * entry point for kernel users, for the conformance suite and for benchmarks. Engines run the same
 * kernels without going through host memory.
 *
 * <p>Instances are not safe for use by several threads at once.
 */
public interface Ops extends AutoCloseable {
  /** Short name of the implementation, such as {@code cpu}, {@code ptx} or {@code reference}. */
  String name();

  /** Whether {@link #run} accepts this call, judged by op, types and shapes. */
  boolean supports(OpCall call);

  /**
   * Runs one call and returns when its outputs are in place.
   *
   * @throws UnsupportedOperationException if {@link #supports} is false; the message names op, type
   *     and shape
   */
  void run(OpCall call);

  @Override
  default void close() {}
}
