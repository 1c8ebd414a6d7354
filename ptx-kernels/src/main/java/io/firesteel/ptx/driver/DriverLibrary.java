package io.firesteel.ptx.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** A native library of NVIDIA's driver, called through the foreign-function API. */
final class DriverLibrary {
  static final String CUDA = "libcuda.so.1";
  static final String NVML = "libnvidia-ml.so.1";

  private final String name;
  private final SymbolLookup symbols;

  private DriverLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
  }

  /** The library of that name, or nothing where the dynamic linker does not find it. */
  static Optional<DriverLibrary> load(String name) {
    try {
      return Optional.of(new DriverLibrary(name, SymbolLookup.libraryLookup(name, Arena.global())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * A function that returns a C {@code int}, or nothing where the library is too old to have it.
   */
  Optional<MethodHandle> find(String function, MemoryLayout... arguments) {
    return symbols
        .find(function)
        .map(
            address ->
                Linker.nativeLinker()
                    .downcallHandle(
                        address, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments)));
  }

  /** As {@link #find}, for functions that every supported driver has. */
  MethodHandle require(String function, MemoryLayout... arguments) {
    return find(function, arguments)
        .orElseThrow(
            () ->
                new UnsupportedOperationException(
                    name + " has no " + function + ". Remedy: update the NVIDIA driver."));
  }

  /** Calls a function found here; wraps what a method handle may throw. */
  static int call(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
