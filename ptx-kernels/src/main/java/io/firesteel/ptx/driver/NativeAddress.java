package io.firesteel.ptx.driver;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/** Crosses between JCuda's handle objects and plain addresses, which foreign functions need. */
final class NativeAddress {
  private static final MethodHandle HANDLE =
      accessor(NativePointerObject.class, "getNativePointer");
  private static final MethodHandle OFFSET = accessor(Pointer.class, "getByteOffset");

  private NativeAddress() {}

  /** The value of a handle such as a stream or function. */
  static long of(NativePointerObject handle) {
    return read(HANDLE, handle);
  }

  /** The address a device pointer stands for. */
  static long of(CUdeviceptr pointer) {
    return read(HANDLE, pointer) + read(OFFSET, pointer);
  }

  /** A host pointer for an address. */
  static Pointer host(long address) {
    return new HostPointer(address);
  }

  private static final class HostPointer extends Pointer {
    HostPointer(long address) {
      super(address);
    }
  }

  private static long read(MethodHandle accessor, NativePointerObject handle) {
    try {
      return (long) accessor.invoke(handle);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle accessor(Class<?> owner, String name) {
    try {
      return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
          .findVirtual(owner, name, MethodType.methodType(long.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
