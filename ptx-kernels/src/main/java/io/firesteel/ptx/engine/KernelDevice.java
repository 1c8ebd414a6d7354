package io.firesteel.ptx.engine;

import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.Target;

/**
 * What runs kernels: memory and a queue of launches, each of which sees what those before it have
 * written.
 */
public interface KernelDevice extends AutoCloseable {
  /** Architecture that kernels must be specialised for. */
  Target target();

  /** Number of multiprocessors, by which grids are sized. */
  int multiprocessors();

  /** Allocates memory of at least one byte; its contents are undefined. */
  DeviceBuffer allocate(long bytes);

  /** Queues a kernel. */
  void launch(Launch launch);

  /** Waits until everything queued is done. */
  void synchronize();

  @Override
  void close();
}
