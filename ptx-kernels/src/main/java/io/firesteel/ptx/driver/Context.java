package io.firesteel.ptx.driver;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuCtxGetCurrent;
import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jcuda.driver.CUcontext;
import jcuda.driver.CUctx_flags;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;

/**
 * A CUDA context: the owner of memory, streams, modules, events and graphs on one device. Closing
 * it closes them all.
 *
 * <p>Each call makes the context current on the calling thread, so that contexts may be used from
 * any thread. Calls from several threads are safe as far as the objects handed out are not shared
 * between them.
 */
public final class Context implements AutoCloseable {
  private final Device device;
  private final CUcontext handle;
  private final boolean owned;
  private final KernelLauncher launcher;
  private final Set<Resource> resources = new LinkedHashSet<>();
  private boolean closed;

  private Context(Device device, CUcontext handle, boolean owned) {
    this.device = device;
    this.handle = handle;
    this.owned = owned;
    this.launcher = KernelLauncher.bind();
  }

  /**
   * Opens a context of its own on a device.
   *
   * @throws CudaException if the driver refuses, for example for lack of memory
   */
  public static Context open(Device device) {
    CudaException.check(cuInit(0), "initialise the driver");
    CUdevice id = new CUdevice();
    CudaException.check(cuDeviceGet(id, device.ordinal()), "select " + device.describe());
    CUcontext handle = new CUcontext();
    CudaException.check(
        cuCtxCreate(handle, CUctx_flags.CU_CTX_SCHED_AUTO, id),
        "open a context on " + device.describe());
    return new Context(device, handle, true);
  }

  /**
   * Borrows the context that is current on this thread, for programs that manage their own through
   * JCuda. Closing the result frees what was made through it and leaves the context alive.
   *
   * @param device the device that the context is on
   * @throws IllegalStateException if no context is current
   */
  public static Context borrowCurrent(Device device) {
    CUcontext handle = new CUcontext();
    CudaException.check(cuCtxGetCurrent(handle), "find the current context");
    if (NativeAddress.of(handle) == 0) {
      throw new IllegalStateException(
          "no CUDA context is current on this thread: call cuCtxSetCurrent first, or Context.open");
    }
    return new Context(device, handle, false);
  }

  /** The device this context is on. */
  public Device device() {
    return device;
  }

  /** Allocates device memory of at least one byte; its contents are undefined. */
  public DeviceMemory allocate(long bytes) {
    return DeviceMemory.allocate(this, bytes);
  }

  /** Allocates page-locked host memory, from and to which copies run beside kernels. */
  public PinnedMemory allocatePinned(long bytes) {
    return PinnedMemory.allocate(this, bytes);
  }

  /** Creates a stream that does not wait for the default stream. */
  public Stream createStream() {
    return Stream.create(this);
  }

  /** Creates an event that takes the time. */
  public Event createEvent() {
    return Event.create(this);
  }

  /**
   * Assembles PTX for this device and loads it.
   *
   * @param name what to call it in messages
   * @param ptx the text
   * @throws CudaException if it does not assemble; the message holds the assembler's log
   */
  public Module load(String name, String ptx) {
    return Module.load(this, name, ptx);
  }

  /** Free and total device memory. */
  public MemoryInfo memory() {
    makeCurrent();
    long[] free = new long[1];
    long[] total = new long[1];
    CudaException.check(cuMemGetInfo(free, total), "ask for free memory");
    return new MemoryInfo(free[0], total[0]);
  }

  /**
   * Device memory in bytes, as the driver counts it.
   *
   * @param free bytes that nobody has allocated
   * @param total bytes of the device
   */
  public record MemoryInfo(long free, long total) {}

  /** Waits for all work of this context. */
  public void synchronize() {
    makeCurrent();
    CudaException.check(cuCtxSynchronize(), "wait for the device");
  }

  /**
   * Makes this context current on the calling thread, for calls to JCuda beside ours.
   *
   * @throws IllegalStateException if it is closed
   */
  public void makeCurrent() {
    synchronized (resources) {
      if (closed) {
        throw new IllegalStateException("context on " + device.name() + " is closed");
      }
    }
    CudaException.check(cuCtxSetCurrent(handle), "make the context current");
  }

  KernelLauncher launcher() {
    return launcher;
  }

  void adopt(Resource resource) {
    synchronized (resources) {
      resources.add(resource);
    }
  }

  void release(Resource resource) {
    synchronized (resources) {
      if (closed || !resources.remove(resource)) {
        return;
      }
    }
    int result = cuCtxSetCurrent(handle);
    if (result == CUresult.CUDA_SUCCESS) {
      result = resource.free();
    }
    throwUnlessLost(result, "close " + resource.describe());
  }

  /**
   * Closes what belongs to this context, latest first, then the context itself if it was opened
   * here.
   */
  @Override
  public void close() {
    List<Resource> left;
    synchronized (resources) {
      if (closed) {
        return;
      }
      closed = true;
      left = new ArrayList<>(resources).reversed();
      resources.clear();
    }
    int result = cuCtxSetCurrent(handle);
    for (Resource resource : left) {
      int code = result == CUresult.CUDA_SUCCESS ? resource.abandon() : 0;
      result = result == CUresult.CUDA_SUCCESS && !CudaError.isLasting(code) ? code : result;
    }
    if (owned) {
      int code = cuCtxDestroy(handle);
      result = result == CUresult.CUDA_SUCCESS ? code : result;
    }
    throwUnlessLost(result, "close the context on " + device.name());
  }

  /** After a fault every call fails; the driver frees everything when the context goes. */
  private static void throwUnlessLost(int code, String operation) {
    if (!CudaError.isLasting(code)) {
      CudaException.check(code, operation);
    }
  }
}
