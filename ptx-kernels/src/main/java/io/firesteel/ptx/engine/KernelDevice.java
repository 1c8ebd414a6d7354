package io.firesteel.ptx.engine;

import io.firesteel.loader.file.Progress;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.Target;
import java.util.List;

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

  /**
   * Allocates host memory that kernels reach too, over the bus: for what is small, and wanted while
   * kernels run. Its contents are 0.
   */
  SharedBuffer allocateShared(long bytes);

  /**
   * Copies weights to memory of this device, packed as kernels read them, and returns when they are
   * there.
   */
  void upload(DeviceBuffer target, List<WeightPart> parts, Progress.Task task);

  /** What this is, in words. */
  String description();

  /** Bytes that can still be allocated. */
  long freeBytes();

  /** Queues a kernel. */
  void launch(Launch launch);

  /** Makes a sequence of launches ready to be queued in one go, any number of times. */
  Recording record(List<Launch> launches);

  /** A sequence of launches. */
  interface Recording extends AutoCloseable {
    /** Queues all of them. */
    void run();

    /**
     * Waits until everything queued before is done, runs all of them, and waits for that.
     *
     * @return nanoseconds from the start of the first to the end of the last, by the device's clock
     */
    long time();

    @Override
    void close();
  }

  /** A mark to be put into the queue, any number of times. */
  Mark mark();

  /** A place in the queue. */
  interface Mark extends AutoCloseable {
    /** Puts it behind what is queued now. */
    void set();

    /** Waits until all that was queued before it is done. */
    void await();

    @Override
    void close();
  }

  /** Waits until everything queued is done. */
  void synchronize();

  @Override
  void close();
}
