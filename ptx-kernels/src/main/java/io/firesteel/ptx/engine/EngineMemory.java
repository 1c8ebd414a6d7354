package io.firesteel.ptx.engine;

import io.firesteel.loader.file.Progress;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory of an engine on the device, and what it shares with it: everything it allocates, freed
 * together.
 */
final class EngineMemory implements AutoCloseable {
  private final KernelDevice device;
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private final List<SharedBuffer> shared = new ArrayList<>();
  private final Map<Long, Long> sizes = new HashMap<>();
  private long bytes;

  EngineMemory(KernelDevice device) {
    this.device = device;
  }

  /** Bytes allocated. */
  long bytes() {
    return bytes;
  }

  DeviceBuffer allocate(long size) {
    long atLeastOne = Math.max(1, size);
    DeviceBuffer buffer = device.allocate(atLeastOne);
    buffers.add(buffer);
    sizes.put(buffer.address(), atLeastOne);
    bytes += atLeastOne;
    return buffer;
  }

  /** Host memory of {@code size} bytes of 0 that kernels reach too; not counted. */
  SharedBuffer share(long size) {
    SharedBuffer buffer = device.allocateShared(size);
    shared.add(buffer);
    return buffer;
  }

  /** Memory of {@code words} words of 0. */
  DeviceBuffer zeros(int words) {
    return upload(MemorySegment.ofArray(new int[words]));
  }

  /** Memory of {@code size} bytes of 0. */
  DeviceBuffer zeroBytes(long size) {
    return zeros(Math.toIntExact(Math.ceilDiv(size, Integer.BYTES)));
  }

  /** Address of floats, 0 for none. */
  long floats(float[] values) {
    return values.length == 0 ? 0 : upload(MemorySegment.ofArray(values)).address();
  }

  /** Copies weights to a place in memory allocated here. */
  void upload(DeviceBuffer target, List<WeightPart> parts, Progress.Task task) {
    device.upload(target, parts, task);
  }

  /** Notes that something of its own lies within a larger allocation. */
  void note(long address, long size) {
    sizes.put(address, size);
  }

  /** Size of what begins at an address; 0 where nothing does. */
  long sizeAt(long address) {
    return sizes.getOrDefault(address, 0L);
  }

  private DeviceBuffer upload(MemorySegment host) {
    DeviceBuffer buffer = allocate(host.byteSize());
    buffer.write(0, host);
    return buffer;
  }

  @Override
  public void close() {
    buffers.reversed().forEach(DeviceBuffer::close);
    buffers.clear();
    shared.reversed().forEach(SharedBuffer::close);
    shared.clear();
  }
}
