package io.firesteel.ptx.engine;

import io.firesteel.ptx.driver.Context;
import io.firesteel.ptx.driver.DeviceMemory;
import io.firesteel.ptx.driver.PinnedMemory;
import io.firesteel.ptx.driver.Stream;
import java.lang.foreign.MemorySegment;

/** Page-locked memory with a stream of its own. */
final class PinnedStaging implements Staging {
  private final DeviceMemory target;
  private final PinnedMemory pinned;
  private final Stream stream;

  PinnedStaging(Context context, DeviceMemory target, long bytes) {
    this.target = target;
    this.pinned = context.allocatePinned(bytes);
    this.stream = context.createStream();
  }

  @Override
  public MemorySegment memory() {
    stream.synchronize();
    return pinned.segment();
  }

  @Override
  public void send(long from, long bytes, long to) {
    target.writeAsync(to, pinned, from, bytes, stream);
  }

  @Override
  public void close() {
    try (pinned) {
      stream.synchronize();
      stream.close();
    }
  }
}
