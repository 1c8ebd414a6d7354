package io.firesteel.ptx.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.ptx.kernel.WeightPacking;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Device memory of one call: inputs are copied in, outputs are copied back by {@link #finish}.
 * Weights, and caches that are only read, may be there several times, at different places.
 */
final class Operands implements AutoCloseable {
  private final KernelDevice device;
  private final int copies;
  private final List<DeviceBuffer> buffers = new ArrayList<>();
  private final List<Runnable> outputs = new ArrayList<>();
  private final List<Runnable> restores = new ArrayList<>();
  private final Map<String, Long> arguments = new HashMap<>();
  private final Map<String, List<Long>> copied = new HashMap<>();

  /**
   * No operands yet.
   *
   * @param copies how often weights and caches are laid out
   */
  Operands(KernelDevice device, int copies) {
    this.device = device;
    this.copies = copies;
  }

  /** Values of the kernel's parameters by name, with one of the copies. */
  Map<String, Long> arguments(int copy) {
    Map<String, Long> all = new HashMap<>(arguments);
    copied.forEach((name, addresses) -> all.put(name, addresses.get(copy)));
    return all;
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
    return inCopies(name, MemorySegment.ofArray(packed));
  }

  /** Memory that is only read, and in no cache when a run begins. */
  Operands inCopies(String name, MemorySegment host) {
    List<Long> addresses = new ArrayList<>();
    for (int copy = 0; copy < copies; copy++) {
      addresses.add(upload(name, host).address());
    }
    copied.put(name, addresses);
    return this;
  }

  /** Memory that is read and written; {@link #restore} makes it what it was. */
  Operands inOut(String name, MemorySegment host) {
    long bytes = host.byteSize();
    DeviceBuffer buffer = allocate(name, 2 * bytes);
    buffer.write(0, host);
    buffer.write(bytes, host);
    restores.add(() -> buffer.move(bytes, 0, bytes));
    outputs.add(() -> buffer.read(0, host));
    return this;
  }

  Operands inOut(String name, int[] host) {
    return inOut(name, MemorySegment.ofArray(host));
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

  /** What else is to be done once the outputs declared before are there. */
  Operands then(Runnable step) {
    outputs.add(step);
    return this;
  }

  /** Makes memory that is read and written what it was before the first launch. */
  void restore() {
    restores.forEach(Runnable::run);
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
