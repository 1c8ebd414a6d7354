package io.firesteel.ptx.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * Binds {@code cuLaunchKernelEx}, which JCuda lacks. It alone takes launch attributes: thread-block
 * clusters and programmatic dependent launch. Launches under stream capture become graph nodes and
 * programmatic edges.
 */
final class KernelLauncher {
  /** {@code CUlaunchConfig} of cuda.h. */
  static final StructLayout CONFIG =
      MemoryLayout.structLayout(
          JAVA_INT.withName("gridDimX"),
          JAVA_INT.withName("gridDimY"),
          JAVA_INT.withName("gridDimZ"),
          JAVA_INT.withName("blockDimX"),
          JAVA_INT.withName("blockDimY"),
          JAVA_INT.withName("blockDimZ"),
          JAVA_INT.withName("sharedMemBytes"),
          MemoryLayout.paddingLayout(4),
          JAVA_LONG.withName("hStream"),
          ADDRESS.withName("attrs"),
          JAVA_INT.withName("numAttrs"),
          MemoryLayout.paddingLayout(4));

  /** {@code CUlaunchAttribute} of cuda.h: an id and a union of 64 bytes. */
  static final StructLayout ATTRIBUTE =
      MemoryLayout.structLayout(
          JAVA_INT.withName("id"),
          MemoryLayout.paddingLayout(4),
          MemoryLayout.sequenceLayout(16, JAVA_INT).withName("value"));

  static final int CLUSTER_DIMENSION = 4;
  static final int PROGRAMMATIC_STREAM_SERIALIZATION = 6;

  private static final int MAX_ATTRIBUTES = 2;
  private static final long VALUE = 8;

  private final MethodHandle function;

  private KernelLauncher(MethodHandle function) {
    this.function = function;
  }

  static KernelLauncher bind() {
    DriverLibrary library =
        DriverLibrary.load(DriverLibrary.CUDA)
            .orElseThrow(() -> new IllegalStateException(DriverLibrary.CUDA + " is not there"));
    return new KernelLauncher(
        library.require("cuLaunchKernelEx", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
  }

  int launch(long stream, long kernel, LaunchShape shape, long[] arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment config = config(arena, stream, shape);
      MemorySegment parameters = parameters(arena, arguments);
      return (int) function.invokeExact(config, kernel, parameters, MemorySegment.NULL);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static MemorySegment config(SegmentAllocator allocator, long stream, LaunchShape shape) {
    MemorySegment attributes = allocator.allocate(ATTRIBUTE, MAX_ATTRIBUTES);
    int count = 0;
    if (shape.cluster().count() > 1) {
      Dim cluster = shape.cluster();
      attribute(attributes, count++, CLUSTER_DIMENSION, cluster.x(), cluster.y(), cluster.z());
    }
    if (shape.programmatic()) {
      attribute(attributes, count++, PROGRAMMATIC_STREAM_SERIALIZATION, 1);
    }
    MemorySegment config = allocator.allocate(CONFIG);
    dim(config, 0, shape.grid());
    dim(config, 12, shape.block());
    config.set(JAVA_INT, offset("sharedMemBytes"), shape.sharedBytes());
    config.set(JAVA_LONG, offset("hStream"), stream);
    config.set(ADDRESS, offset("attrs"), attributes);
    config.set(JAVA_INT, offset("numAttrs"), count);
    return config;
  }

  /**
   * The array of addresses of the values: the driver reads as many bytes of each as the kernel
   * declares.
   */
  static MemorySegment parameters(SegmentAllocator allocator, long... arguments) {
    MemorySegment values = allocator.allocateFrom(JAVA_LONG, arguments);
    MemorySegment addresses = allocator.allocate(ADDRESS, Math.max(1, arguments.length));
    for (int i = 0; i < arguments.length; i++) {
      addresses.setAtIndex(ADDRESS, i, values.asSlice(i * JAVA_LONG.byteSize()));
    }
    return addresses;
  }

  private static void attribute(MemorySegment attributes, int index, int id, int... value) {
    long base = index * ATTRIBUTE.byteSize();
    attributes.set(JAVA_INT, base, id);
    for (int i = 0; i < value.length; i++) {
      attributes.set(JAVA_INT, base + VALUE + i * JAVA_INT.byteSize(), value[i]);
    }
  }

  private static void dim(MemorySegment config, long offset, Dim dim) {
    config.set(JAVA_INT, offset, dim.x());
    config.set(JAVA_INT, offset + 4, dim.y());
    config.set(JAVA_INT, offset + 8, dim.z());
  }

  static long offset(String field) {
    return CONFIG.byteOffset(MemoryLayout.PathElement.groupElement(field));
  }
}
