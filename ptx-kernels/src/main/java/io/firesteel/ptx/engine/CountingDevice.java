package io.firesteel.ptx.engine;

import io.firesteel.loader.file.Progress;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.Target;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Stands in for a device to find out how much of its memory something takes: allocations are
 * counted, and nothing is copied or run.
 *
 * <p>The driver hands out memory in units of 2 MiB; smaller allocations share them.
 */
final class CountingDevice implements KernelDevice {
  private static final long UNIT = 2L << 20;
  private static final long SMALL_UNIT = 512;

  private final KernelDevice device;
  private long whole;
  private long shared;

  CountingDevice(KernelDevice device) {
    this.device = device;
  }

  /** Bytes that the device would report as used. */
  long bytes() {
    return whole + roundUp(shared, UNIT);
  }

  private static long roundUp(long bytes, long unit) {
    return Math.multiplyExact(Math.ceilDiv(bytes, unit), unit);
  }

  @Override
  public Target target() {
    return device.target();
  }

  @Override
  public int multiprocessors() {
    return device.multiprocessors();
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    long address = UNIT + bytes();
    if (bytes < UNIT / 2) {
      shared += roundUp(bytes, SMALL_UNIT);
    } else {
      whole = Math.addExact(whole, roundUp(bytes, UNIT));
    }
    return new Nothing(address);
  }

  /** Memory of the host, which is not counted. */
  @Override
  public SharedBuffer allocateShared(long bytes) {
    return new NothingShared();
  }

  @Override
  public void upload(DeviceBuffer target, List<WeightPart> parts, Progress.Task task) {
    // nothing is copied
  }

  @Override
  public String description() {
    return device.description();
  }

  @Override
  public long freeBytes() {
    return device.freeBytes();
  }

  @Override
  public void launch(Launch launch) {
    // nothing is run
  }

  @Override
  public Recording record(List<Launch> launches) {
    throw new UnsupportedOperationException("nothing is run on a device that only counts");
  }

  @Override
  public Mark mark() {
    throw new UnsupportedOperationException("nothing is run on a device that only counts");
  }

  @Override
  public void synchronize() {
    // nothing runs
  }

  @Override
  public void close() {
    // the device behind it is somebody else's
  }

  /** Memory that is not even counted. */
  private record NothingShared() implements SharedBuffer {
    @Override
    public long address() {
      return UNIT;
    }

    @Override
    public void write(long offset, MemorySegment source) {
      // nothing is copied
    }

    @Override
    public void read(long offset, MemorySegment target) {
      throw new UnsupportedOperationException("nothing is kept on a device that only counts");
    }

    @Override
    public void close() {
      // there is nothing
    }
  }

  /** Memory that is only counted. */
  private record Nothing(long address) implements DeviceBuffer {
    @Override
    public void write(long offset, MemorySegment source) {
      // nothing is copied
    }

    @Override
    public void read(long offset, MemorySegment target) {
      throw new UnsupportedOperationException("nothing is kept on a device that only counts");
    }

    @Override
    public void move(long from, long to, long bytes) {
      // nothing is copied
    }

    @Override
    public void clear() {
      // nothing is copied
    }

    @Override
    public void close() {
      // counts stay, since everything is freed together
    }
  }
}
