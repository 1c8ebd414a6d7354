package io.firesteel.ptx.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUresult;

/**
 * Asks {@code libcuda.so.1} about itself and its devices, without a context and without JCuda's
 * natives.
 */
final class DriverQuery {
  private static final int NAME_BYTES = 256;

  // values of CUdevice_attribute
  private static final int MULTIPROCESSOR_COUNT = 16;
  private static final int L2_CACHE_SIZE = 38;
  private static final int CAPABILITY_MAJOR = 75;
  private static final int CAPABILITY_MINOR = 76;
  private static final int MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 97;

  private final DriverLibrary library;

  private DriverQuery(DriverLibrary library) {
    this.library = library;
  }

  static DriverFacts ask() {
    String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
    if (!system.equals("Linux on amd64")) {
      return new DriverFacts.NoDriver(system);
    }
    return DriverLibrary.load(DriverLibrary.CUDA)
        .map(library -> new DriverQuery(library).facts())
        .orElseGet(() -> new DriverFacts.NoDriver(system));
  }

  private DriverFacts facts() {
    int result = DriverLibrary.call(library.require("cuInit", JAVA_INT), 0);
    if (result == CUresult.CUDA_ERROR_NO_DEVICE) {
      return new DriverFacts.Running(version(), List.of());
    }
    if (result != CUresult.CUDA_SUCCESS) {
      return failing(result);
    }
    try {
      return new DriverFacts.Running(version(), devices());
    } catch (CudaException e) {
      return failing(e.code());
    }
  }

  private static DriverFacts failing(int code) {
    return new DriverFacts.Failing(code, CUresult.stringFor(code));
  }

  private int version() {
    return readInt("cuDriverGetVersion", library.require("cuDriverGetVersion", ADDRESS));
  }

  private List<Device> devices() {
    int count = readInt("cuDeviceGetCount", library.require("cuDeviceGetCount", ADDRESS));
    List<Device> devices = new ArrayList<>();
    for (int ordinal = 0; ordinal < count; ordinal++) {
      devices.add(device(ordinal));
    }
    return List.copyOf(devices);
  }

  private Device device(int ordinal) {
    int handle = readInt("cuDeviceGet", library.require("cuDeviceGet", ADDRESS, JAVA_INT), ordinal);
    return new Device(
        ordinal,
        text("cuDeviceGetName", handle),
        attribute(CAPABILITY_MAJOR, handle),
        attribute(CAPABILITY_MINOR, handle),
        attribute(MULTIPROCESSOR_COUNT, handle),
        memory(handle),
        attribute(L2_CACHE_SIZE, handle),
        attribute(MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, handle),
        text("cuDeviceGetPCIBusId", handle));
  }

  private int attribute(int attribute, int device) {
    MethodHandle function = library.require("cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
    return readInt("cuDeviceGetAttribute", function, attribute, device);
  }

  private long memory(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      MethodHandle function = library.require("cuDeviceTotalMem_v2", ADDRESS, JAVA_INT);
      CudaException.check(DriverLibrary.call(function, out, device), "cuDeviceTotalMem");
      return out.get(JAVA_LONG, 0);
    }
  }

  private String text(String name, int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(NAME_BYTES);
      MethodHandle function = library.require(name, ADDRESS, JAVA_INT, JAVA_INT);
      CudaException.check(DriverLibrary.call(function, out, NAME_BYTES, device), name);
      return out.getString(0);
    }
  }

  private static int readInt(String name, MethodHandle function, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      List<Object> all = new ArrayList<>();
      all.add(out);
      all.addAll(List.of(arguments));
      CudaException.check(DriverLibrary.call(function, all.toArray()), name);
      return out.get(JAVA_INT, 0);
    }
  }
}
