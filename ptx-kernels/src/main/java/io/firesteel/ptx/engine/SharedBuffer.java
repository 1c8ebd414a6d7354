package io.firesteel.ptx.engine;

import java.lang.foreign.MemorySegment;

/**
 * A run of host memory that kernels reach too. Neither call waits: nothing that is queued may be
 * using the bytes.
 */
public interface SharedBuffer extends AutoCloseable {
  /** Address to be passed to kernels. */
  long address();

  /** Copies host memory to {@code offset}, for the kernels queued from now on. */
  void write(long offset, MemorySegment source);

  /** Copies from {@code offset} what kernels have written that are done. */
  void read(long offset, MemorySegment target);

  @Override
  void close();
}
