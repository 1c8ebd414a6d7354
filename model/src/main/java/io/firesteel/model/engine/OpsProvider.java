package io.firesteel.model.engine;

import io.firesteel.model.ops.TimedOps;

/**
 * An implementation of single ops, found with {@link java.util.ServiceLoader}: what is registered
 * here appears in the op benchmark and is held to the conformance suite.
 */
public interface OpsProvider {
  /** Name of the implementation, such as {@code cpu}, {@code ptx} or {@code tornado-java}. */
  String name();

  /** What {@link io.firesteel.model.ops.PreparedOp#run} times here, in a few words. */
  String timing();

  /** Tells whether it can run on this machine. Cheap, and never throws. */
  Availability probe();

  /**
   * Opens it; the caller closes the result.
   *
   * @throws EngineException if {@link #probe} refuses, with the same reason and remedy
   */
  TimedOps open() throws EngineException;
}
