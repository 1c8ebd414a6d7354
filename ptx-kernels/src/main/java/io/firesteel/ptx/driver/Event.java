package io.firesteel.ptx.driver;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;

/** A mark in a stream that takes the time when it is passed. */
public final class Event extends Resource {
  private static final double NANOS_PER_MILLI = 1e6;

  private final CUevent handle;

  private Event(Context context, CUevent handle) {
    super(context);
    this.handle = handle;
  }

  static Event create(Context context) {
    context.makeCurrent();
    CUevent handle = new CUevent();
    CudaException.check(
        cuEventCreate(handle, CUevent_flags.CU_EVENT_BLOCKING_SYNC), "create an event");
    return new Event(context, handle);
  }

  /** Puts the mark after what has been queued in the stream. */
  public void record(Stream stream) {
    use();
    stream.check(cuEventRecord(handle, stream.handle()), "record an event");
  }

  /** Waits until the mark has been passed. */
  public void synchronize() {
    use();
    CudaException.check(cuEventSynchronize(handle), "wait for an event");
  }

  /**
   * Nanoseconds on the device from {@code start} to this event, both passed; resolution about 500
   * ns.
   */
  public double nanosSince(Event start) {
    start.use();
    use();
    float[] millis = new float[1];
    CudaException.check(cuEventElapsedTime(millis, start.handle, handle), "take the time");
    return millis[0] * NANOS_PER_MILLI;
  }

  CUevent handle() {
    use();
    return handle;
  }

  @Override
  String describe() {
    return "event";
  }

  @Override
  int free() {
    return cuEventDestroy(handle);
  }
}
