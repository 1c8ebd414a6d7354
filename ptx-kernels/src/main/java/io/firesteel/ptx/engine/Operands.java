package io.firesteel.ptx.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.ptx.kernel.WeightPacking;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Device memory of one call: inputs are copied in, outputs are copied back by {@link #finish}. */
final class Operands implements AutoCloseable {
  private final KernelDevice device;
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private final List<Runnable> outputs = new ArrayList<>();
  private final Map<String, Long> arguments = new HashMap<>();

  Operands(KernelDevice device) {
    this.device = device;
  }

  /** Values of the kernel's parameters by name. */
  Map<String, Long> arguments() {
    return arguments;
  }

  Operands scalar(String name, int value) {
    arguments.put(name, Integer.toUnsignedLong(value));
    return this;
  }

  /** Memory that is only read. */
  Operands in(String name, MemorySegment host) {
    upload(name, host);
    return this;
  }

  Operands in(String name, float[] host) {
    return in(name, MemorySegment.ofArray(host));
  }

  Operands in(String name, int[] host) {
    return in(name, MemorySegment.ofArray(host));
  }

  /** Blocks of weights, packed as kernels read them. */
  Operands weights(String name, TensorType type, MemorySegment blocks) {
    byte[] packed = new byte[Math.toIntExact(blocks.byteSize())];
    WeightPacking.of(type).pack(blocks, MemorySegment.ofArray(packed));
    return in(name, MemorySegment.ofArray(packed));
  }

  /** Memory that is read and written. */
  Operands inOut(String name, MemorySegment host) {
    DeviceBuffer buffer = upload(name, host);
    outputs.add(() -> buffer.read(0, host));
    return this;
  }

  Operands inOut(String name, float[] host) {
    return inOut(name, MemorySegment.ofArray(host));
  }

  /** Memory that is only written. */
  Operands out(String name, float[] host) {
    return out(name, MemorySegment.ofArray(host));
  }

  Operands out(String name, int[] host) {
    return out(name, MemorySegment.ofArray(host));
  }

  private Operands out(String name, MemorySegment host) {
    DeviceBuffer buffer = allocate(name, host.byteSize());
    outputs.add(() -> buffer.read(0, host));
    return this;
  }

  /** Memory of the kernel's own, with undefined contents. */
  Operands scratch(String name, long bytes) {
    allocate(name, bytes);
    return this;
  }

  /** Memory of the kernel's own, all 0. */
  Operands zeros(String name, int words) {
    return in(name, new int[words]);
  }

  private DeviceBuffer upload(String name, MemorySegment host) {
    DeviceBuffer buffer = allocate(name, host.byteSize());
    if (host.byteSize() > 0) {
      buffer.write(0, host);
    }
    return buffer;
  }

  private DeviceBuffer allocate(String name, long bytes) {
    DeviceBuffer buffer = device.allocate(Math.max(1, bytes));
    buffers.add(buffer);
    arguments.put(name, buffer.address());
    return buffer;
  }

  /** Copies the outputs back. */
  void finish() {
    outputs.forEach(Runnable::run);
  }

  @Override
  public void close() {
    buffers.forEach(DeviceBuffer::close);
  }
}
