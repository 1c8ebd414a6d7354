package io.firesteel.ptx.driver;

import static jcuda.driver.JCudaDriver.CU_MEMHOSTALLOC_DEVICEMAP;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemHostGetDevicePointer;

import io.firesteel.loader.file.ByteSize;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/**
 * Page-locked host memory, between which and the device copies run beside kernels. Kernels reach it
 * too, over the bus.
 */
public final class PinnedMemory extends Resource {
  private final Pointer pointer;
  private final MemorySegment segment;

  private PinnedMemory(Context context, Pointer pointer, long bytes) {
    super(context);
    this.pointer = pointer;
    this.segment = MemorySegment.ofAddress(NativeAddress.of(pointer)).reinterpret(bytes);
  }

  static PinnedMemory allocate(Context context, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes is " + bytes + ", expected at least 1");
    }
    context.makeCurrent();
    Pointer pointer = new Pointer();
    CudaException.check(
        cuMemHostAlloc(pointer, bytes, CU_MEMHOSTALLOC_DEVICEMAP),
        "lock " + ByteSize.format(bytes) + " of host memory");
    return new PinnedMemory(context, pointer, bytes);
  }

  /** The memory itself. It must not be touched after {@link #close}, which nothing can check. */
  public MemorySegment segment() {
    use();
    return segment;
  }

  /** Number of bytes. */
  public long size() {
    return segment.byteSize();
  }

  /** The address by which kernels reach it. */
  public long deviceAddress() {
    use();
    CUdeviceptr address = new CUdeviceptr();
    CudaException.check(
        cuMemHostGetDevicePointer(address, pointer, 0), "map host memory to the device");
    return NativeAddress.of(address);
  }

  Pointer at(long offset, long bytes) {
    Objects.checkFromIndexSize(offset, bytes, size());
    use();
    return NativeAddress.host(segment.address() + offset);
  }

  @Override
  String describe() {
    return "pinned memory of " + ByteSize.format(size());
  }

  @Override
  int free() {
    return cuMemFreeHost(pointer);
  }
}
