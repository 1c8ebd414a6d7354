package io.firesteel.model.ops;

import java.lang.foreign.MemorySegment;

/** Shape checks whose messages name the operand, what was found and what was expected. */
final class Shapes {
  private Shapes() {}

  static void positive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " is " + value + ", expected at least 1");
    }
  }

  static void equal(String what, long found, long expected) {
    if (found != expected) {
      throw new IllegalArgumentException(what + " is " + found + ", expected " + expected);
    }
  }

  static void multiple(String what, int value, int of) {
    if (value % of != 0) {
      throw new IllegalArgumentException(what + " is " + value + ", expected a multiple of " + of);
    }
  }

  static void length(String what, float[] array, long expected) {
    equal("length of " + what, array.length, expected);
  }

  static void length(String what, int[] array, long expected) {
    equal("length of " + what, array.length, expected);
  }

  /** For operands that may be left out: empty, or of the expected length. */
  static void optional(String what, float[] array, long expected) {
    if (array.length != 0) {
      length(what, array, expected);
    }
  }

  static void bytes(String what, MemorySegment data, long expected) {
    equal("byte size of " + what, data.byteSize(), expected);
  }

  static void indices(String what, int[] values, int bound) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] >= bound) {
        throw new IllegalArgumentException(
            what + "[" + i + "] is " + values[i] + ", expected 0 to " + (bound - 1));
      }
    }
  }
}
