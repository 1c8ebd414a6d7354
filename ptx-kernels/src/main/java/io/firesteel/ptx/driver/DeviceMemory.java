package io.firesteel.ptx.driver;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoD;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD8;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;

import io.firesteel.loader.file.ByteSize;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import jcuda.driver.CUdeviceptr;

/** A run of device memory, aligned to 256 bytes, freed by {@link #close}. */
public final class DeviceMemory extends Resource {
  private static final long STAGING_BYTES = 1 << 22;

  private final CUdeviceptr pointer;
  private final long address;
  private final long size;

  private DeviceMemory(Context context, CUdeviceptr pointer, long size) {
    super(context);
    this.pointer = pointer;
    this.address = NativeAddress.of(pointer);
    this.size = size;
  }

  static DeviceMemory allocate(Context context, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes is " + bytes + ", expected at least 1");
    }
    context.makeCurrent();
    CUdeviceptr pointer = new CUdeviceptr();
    CudaException.check(cuMemAlloc(pointer, bytes), "allocate " + ByteSize.format(bytes));
    return new DeviceMemory(context, pointer, bytes);
  }

  /** Address on the device, to be passed to kernels. */
  public long address() {
    use();
    return address;
  }

  /** The address that JCuda's pointer stands for, as kernels take it. */
  public static long address(CUdeviceptr pointer) {
    return NativeAddress.of(pointer);
  }

  /** Number of bytes. */
  public long size() {
    return size;
  }

  /** JCuda's pointer to it, for calls to JCuda beside ours. */
  public CUdeviceptr pointer() {
    use();
    return pointer;
  }

  /** Copies host memory of any kind to {@code offset} and returns when it has been read. */
  public void write(long offset, MemorySegment source) {
    range(offset, source.byteSize());
    use();
    forNative(
        source,
        true,
        (start, part) ->
            CudaException.check(
                cuMemcpyHtoD(
                    at(offset + start), NativeAddress.host(part.address()), part.byteSize()),
                "copy to the device"));
  }

  /** Copies from {@code offset} to host memory of any kind and returns when it is there. */
  public void read(long offset, MemorySegment target) {
    range(offset, target.byteSize());
    use();
    forNative(
        target,
        false,
        (start, part) ->
            CudaException.check(
                cuMemcpyDtoH(
                    NativeAddress.host(part.address()), at(offset + start), part.byteSize()),
                "copy from the device"));
  }

  /**
   * Queues a copy of {@code bytes} of pinned memory. The pinned memory must stay as it is until the
   * stream has done this.
   */
  public void writeAsync(
      long offset, PinnedMemory source, long sourceOffset, long bytes, Stream stream) {
    range(offset, bytes);
    use();
    stream.check(
        cuMemcpyHtoDAsync(at(offset), source.at(sourceOffset, bytes), bytes, stream.handle()),
        "queue a copy to the device");
  }

  /**
   * Queues a copy of {@code bytes} to pinned memory, which holds them once the stream has done
   * this.
   */
  public void readAsync(
      long offset, PinnedMemory target, long targetOffset, long bytes, Stream stream) {
    range(offset, bytes);
    use();
    stream.check(
        cuMemcpyDtoHAsync(target.at(targetOffset, bytes), at(offset), bytes, stream.handle()),
        "queue a copy from the device");
  }

  /** Copies {@code bytes} from other device memory of the same device. */
  public void copy(long offset, DeviceMemory source, long sourceOffset, long bytes) {
    range(offset, bytes);
    source.range(sourceOffset, bytes);
    source.use();
    use();
    CudaException.check(
        cuMemcpyDtoD(at(offset), source.at(sourceOffset), bytes), "copy on the device");
  }

  /** Queues a copy of {@code bytes} from other device memory of the same device. */
  public void copyAsync(
      long offset, DeviceMemory source, long sourceOffset, long bytes, Stream stream) {
    range(offset, bytes);
    source.range(sourceOffset, bytes);
    source.use();
    use();
    stream.check(
        cuMemcpyDtoDAsync(at(offset), source.at(sourceOffset), bytes, stream.handle()),
        "queue a copy on the device");
  }

  /** Sets every byte of a range and returns when that is done. */
  public void fill(long offset, long bytes, byte value) {
    range(offset, bytes);
    use();
    CudaException.check(cuMemsetD8(at(offset), value, bytes), "fill device memory");
    context().synchronize();
  }

  /** Queues setting every byte of a range. */
  public void fillAsync(long offset, long bytes, byte value, Stream stream) {
    range(offset, bytes);
    use();
    stream.check(cuMemsetD8Async(at(offset), value, bytes, stream.handle()), "queue a fill");
  }

  private CUdeviceptr at(long offset) {
    return pointer.withByteOffset(offset);
  }

  private void range(long offset, long bytes) {
    Objects.checkFromIndexSize(offset, bytes, size);
  }

  @FunctionalInterface
  private interface Transfer {
    void run(long start, MemorySegment part);
  }

  /**
   * Runs a transfer on native memory, in pieces through a staging buffer where the memory is on the
   * Java heap.
   */
  private static void forNative(MemorySegment memory, boolean toDevice, Transfer transfer) {
    if (memory.byteSize() == 0) {
      return;
    }
    if (memory.isNative()) {
      transfer.run(0, memory);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staging = arena.allocate(Math.min(STAGING_BYTES, memory.byteSize()), 16);
      for (long start = 0; start < memory.byteSize(); start += staging.byteSize()) {
        long bytes = Math.min(staging.byteSize(), memory.byteSize() - start);
        MemorySegment part = staging.asSlice(0, bytes);
        if (toDevice) {
          part.copyFrom(memory.asSlice(start, bytes));
        }
        transfer.run(start, part);
        if (!toDevice) {
          memory.asSlice(start, bytes).copyFrom(part);
        }
      }
    }
  }

  @Override
  String describe() {
    return "device memory of " + ByteSize.format(size);
  }

  @Override
  int free() {
    return cuMemFree(pointer);
  }
}
