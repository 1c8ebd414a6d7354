package io.firesteel.ptx.engine;

import java.lang.foreign.MemorySegment;

/** A run of device memory. */
public interface DeviceBuffer extends AutoCloseable {
  /** Address to be passed to kernels. */
  long address();

  /** Copies host memory to {@code offset} and returns when it has been read. */
  void write(long offset, MemorySegment source);

  /** Copies from {@code offset} to host memory, after everything queued is done. */
  void read(long offset, MemorySegment target);

  /** Copies bytes from one place of this memory to another, after everything queued is done. */
  void move(long from, long to, long bytes);

  /** Makes every byte 0, after everything queued is done. */
  void clear();

  @Override
  void close();
}
