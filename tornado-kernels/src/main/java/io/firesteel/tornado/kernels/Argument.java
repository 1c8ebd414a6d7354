package io.firesteel.tornado.kernels;

import java.util.Objects;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * An argument of a kernel.
 *
 * @param value a TornadoVM array, or an {@code Integer} or {@code Float}, which becomes a constant
 *     of the compiled code
 * @param access what the kernel does with it
 */
public record Argument(Object value, Access access) {
  /** Checks the class of the value. */
  public Argument {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(access, "access");
    if (!(value instanceof TornadoNativeArray
        || value instanceof Integer
        || value instanceof Float)) {
      throw new IllegalArgumentException(
          "argument is a "
              + value.getClass().getName()
              + ", expected a TornadoVM array, an int or a float");
    }
  }

  /** An array that is only read. */
  public static Argument in(TornadoNativeArray array) {
    return new Argument(array, Access.READ_ONLY);
  }

  /** An array that is only written. */
  public static Argument out(TornadoNativeArray array) {
    return new Argument(array, Access.WRITE_ONLY);
  }

  /** An array that is read and written, or written in part. */
  public static Argument inOut(TornadoNativeArray array) {
    return new Argument(array, Access.READ_WRITE);
  }

  /** A shape. */
  public static Argument scalar(int value) {
    return new Argument(value, Access.READ_ONLY);
  }

  /** A constant. */
  public static Argument scalar(float value) {
    return new Argument(value, Access.READ_ONLY);
  }
}
