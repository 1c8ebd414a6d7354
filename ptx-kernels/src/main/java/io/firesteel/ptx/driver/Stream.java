package io.firesteel.ptx.driver;

import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;

import jcuda.driver.CUgraph;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;

/** A queue of copies and kernels that run one after the other. */
public final class Stream extends Resource {
  private final CUstream handle;
  private final long address;
  private final boolean owned;
  private Launch latest;

  private Stream(Context context, CUstream handle, boolean owned) {
    super(context);
    this.handle = handle;
    this.address = NativeAddress.of(handle);
    this.owned = owned;
  }

  static Stream create(Context context) {
    context.makeCurrent();
    CUstream handle = new CUstream();
    CudaException.check(
        cuStreamCreate(handle, CUstream_flags.CU_STREAM_NON_BLOCKING), "create a stream");
    return new Stream(context, handle, true);
  }

  /** Borrows a stream made through JCuda; closing the result leaves it alive. */
  public static Stream borrow(Context context, CUstream handle) {
    return new Stream(context, handle, false);
  }

  /**
   * Queues a kernel.
   *
   * @param function the kernel
   * @param shape launch geometry
   * @param arguments one value for each parameter of the kernel, addresses and integers as they
   *     are, floats by {@link Float#floatToRawIntBits}
   * @throws CudaException if the driver refuses, or reports the failure of an earlier kernel
   */
  public void launch(Function function, LaunchShape shape, long... arguments) {
    use();
    int result = context().launcher().launch(address, function.address(), shape, arguments);
    Launch launch = new Launch(function.name(), shape);
    if (result != CUresult.CUDA_SUCCESS) {
      throw new CudaException(result, "launch", launch, "");
    }
    latest = launch;
  }

  /**
   * Starts to record what is queued instead of running it, until {@link #endCapture}. Only this
   * thread's queueing is restricted.
   */
  public void beginCapture() {
    use();
    check(
        cuStreamBeginCapture(handle, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "begin a capture");
  }

  /**
   * Ends the recording and makes it ready to run.
   *
   * @throws CudaException if a call since {@link #beginCapture} could not be recorded
   */
  public Graph endCapture() {
    use();
    CUgraph graph = new CUgraph();
    check(cuStreamEndCapture(handle, graph), "end the capture");
    return Graph.instantiate(context(), graph);
  }

  /** Makes later work wait for an event. */
  public void await(Event event) {
    use();
    check(cuStreamWaitEvent(handle, event.handle(), 0), "wait for an event");
  }

  /** Waits on this thread for an event of this stream; a failure names the latest launch. */
  public void awaitHere(Event event) {
    use();
    check(cuEventSynchronize(event.handle()), "wait for an event");
  }

  /** Waits until all that was queued is done. */
  public void synchronize() {
    use();
    check(cuStreamSynchronize(handle), "wait for the stream");
  }

  /** Whether all that was queued is done. */
  public boolean isIdle() {
    use();
    int result = cuStreamQuery(handle);
    if (result == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    check(result, "ask the stream");
    return true;
  }

  /** JCuda's handle, for calls to JCuda beside ours. */
  public CUstream handle() {
    use();
    return handle;
  }

  /** Names the latest launch, since a failure may be that of a kernel queued before. */
  void check(int result, String operation) {
    if (result != CUresult.CUDA_SUCCESS) {
      throw new CudaException(result, operation, latest, "");
    }
  }

  @Override
  String describe() {
    return "stream";
  }

  @Override
  int free() {
    return owned ? cuStreamDestroy(handle) : CUresult.CUDA_SUCCESS;
  }
}
