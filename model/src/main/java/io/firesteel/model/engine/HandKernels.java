package io.firesteel.model.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.OpCall;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Hand-written kernels for use in other engines' graphs, found with {@link
 * java.util.ServiceLoader}: so two kernel modules work together without knowing each other.
 */
public interface HandKernels {
  /**
   * The kernel for a call's types and shapes; what its arrays hold does not matter.
   *
   * @param multiprocessors of the device
   * @return empty if there is none
   */
  Optional<HandKernel> find(OpCall call, int multiprocessors);

  /**
   * Lays weights out as the kernels read them.
   *
   * @param blocks whole blocks as in a file
   * @param target as many bytes
   */
  void pack(TensorType type, MemorySegment blocks, MemorySegment target);
}
