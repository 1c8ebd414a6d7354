package io.firesteel.ptx.engine;

import java.lang.foreign.MemorySegment;

/**
 * Host memory from which copies to one place of device memory run while the host does other things.
 * For use by one thread.
 */
public interface Staging extends AutoCloseable {
  /** The memory; waits until the copies that were sent from it are done. */
  MemorySegment memory();

  /**
   * Starts a copy of bytes of the memory.
   *
   * @param from offset in this memory
   * @param bytes number of bytes
   * @param to offset in the device memory
   */
  void send(long from, long bytes, long to);

  /** Waits for the copies and frees the memory. */
  @Override
  void close();
}
