package io.firesteel.ptx.kernel;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockCodec;
import io.firesteel.ptx.engine.DeviceBuffer;
import io.firesteel.ptx.engine.KernelDevice;
import io.firesteel.ptx.engine.SharedBuffer;
import io.firesteel.ptx.sim.SimDevice;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Kernels launched by hand, as somebody with device pointers of their own would. */
final class Bench implements AutoCloseable {
  private final KernelDevice device;
  private final Specialiser specialiser = new Specialiser();
  private final Random random = new Random(5);
  private final Map<Long, DeviceBuffer> buffers = new HashMap<>();

  /** On the interpreter. */
  Bench() {
    this(new SimDevice(11, Target.SM_90, 4, true));
  }

  /** On a device, which is closed with it. */
  Bench(KernelDevice device) {
    this.device = device;
  }

  float[] floats(int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    return values;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Random weights in the file's block format. */
  MemorySegment weights(TensorType type, int count) {
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes(count))]);
    BlockCodec.of(type).quantise(floats(count, 0.05f), 0, count, data, 0);
    return data;
  }

  long allocate(long bytes) {
    DeviceBuffer buffer = device.allocate(bytes);
    buffers.put(buffer.address(), buffer);
    return buffer.address();
  }

  long upload(MemorySegment data) {
    long address = allocate(Math.max(16, data.byteSize()));
    buffers.get(address).write(0, data);
    return address;
  }

  long upload(float... data) {
    return upload(MemorySegment.ofArray(data));
  }

  long upload(int... data) {
    return upload(MemorySegment.ofArray(data));
  }

  long upload(long... data) {
    return upload(MemorySegment.ofArray(data));
  }

  /** Host memory that the device reads over the bus. */
  long share(long... data) {
    SharedBuffer buffer = device.allocateShared(8L * data.length);
    buffer.write(0, MemorySegment.ofArray(data));
    return buffer.address();
  }

  long packed(TensorType type, MemorySegment data) {
    MemorySegment packed = MemorySegment.ofArray(new byte[Math.toIntExact(data.byteSize())]);
    WeightPacking.of(type).pack(data, packed);
    return upload(packed);
  }

  float[] floatsAt(long address, int count) {
    float[] values = new float[count];
    buffers.get(address).read(0, MemorySegment.ofArray(values));
    return values;
  }

  int[] intsAt(long address, int count) {
    int[] values = new int[count];
    buffers.get(address).read(0, MemorySegment.ofArray(values));
    return values;
  }

  byte[] bytesAt(long address, int count) {
    byte[] values = new byte[count];
    buffers.get(address).read(0, MemorySegment.ofArray(values));
    return values;
  }

  void launch(KernelSpec spec, Map<String, Long> arguments) {
    device.launch(specialiser.specialise(spec, device.target()).launch(arguments));
    device.synchronize();
  }

  @Override
  public void close() {
    device.close();
  }

  /** Mean square error over mean square of what is expected; NaN if any is. */
  static double nmse(float[] found, float[] expected) {
    double error = 0;
    double power = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = found[i] - expected[i];
      error += difference * difference;
      power += (double) expected[i] * expected[i];
    }
    return error / power;
  }
}
