package io.firesteel.ptx.sim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A run of memory that knows which of its bytes have been written. */
final class Bytes {
  private static final VarHandle SHORTS = view(short[].class);
  private static final VarHandle INTS = view(int[].class);
  private static final VarHandle LONGS = view(long[].class);

  private static final byte VALID = 1;

  /** Written by an earlier kernel that may still run. */
  private static final byte PENDING = 2;

  /** Written by the kernel that runs now. */
  private static final byte CURRENT = 4;

  private static final int FOUR_VALID = 0x01010101;
  private static final int FOUR_CURRENT = 0x04040404;

  private final byte[] data;
  private final byte[] state;
  private boolean unsettled;

  Bytes(int size) {
    data = new byte[size];
    state = new byte[size];
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }

  int size() {
    return data.length;
  }

  byte[] data() {
    return data;
  }

  long get(int offset, int bytes) {
    return switch (bytes) {
      case 1 -> data[offset] & 0xFF;
      case 2 -> (short) SHORTS.get(data, offset) & 0xFFFF;
      case 4 -> (int) INTS.get(data, offset) & 0xFFFF_FFFFL;
      default -> (long) LONGS.get(data, offset);
    };
  }

  int getInt(int offset) {
    return (int) INTS.get(data, offset);
  }

  void put(int offset, int bytes, long value) {
    switch (bytes) {
      case 1 -> data[offset] = (byte) value;
      case 2 -> SHORTS.set(data, offset, (short) value);
      case 4 -> INTS.set(data, offset, (int) value);
      default -> LONGS.set(data, offset, value);
    }
  }

  boolean valid(int offset, int bytes) {
    return all(offset, bytes, VALID, FOUR_VALID);
  }

  boolean pending(int offset, int bytes) {
    for (int i = 0; i < bytes; i++) {
      if ((state[offset + i] & PENDING) != 0) {
        return true;
      }
    }
    return false;
  }

  private boolean all(int offset, int bytes, byte bit, int four) {
    int i = 0;
    for (; i + 4 <= bytes; i += 4) {
      if (((int) INTS.get(state, offset + i) & four) != four) {
        return false;
      }
    }
    for (; i < bytes; i++) {
      if ((state[offset + i] & bit) == 0) {
        return false;
      }
    }
    return true;
  }

  /** A kernel has written these bytes. */
  void written(int offset, int bytes) {
    unsettled = true;
    int i = 0;
    for (; i + 4 <= bytes; i += 4) {
      INTS.set(state, offset + i, FOUR_VALID | FOUR_CURRENT);
    }
    for (; i < bytes; i++) {
      state[offset + i] = VALID | CURRENT;
    }
  }

  /** The host has written these bytes. */
  void initialise(int offset, int bytes) {
    Arrays.fill(state, offset, offset + bytes, VALID);
  }

  /** Takes back what is known of these bytes: reading them is a fault again. */
  void poison(int offset, int bytes) {
    Arrays.fill(state, offset, offset + bytes, (byte) 0);
  }

  /** Another kernel starts; {@code earlierEnded} if only the one before it may still run. */
  void next(boolean earlierEnded) {
    if (!unsettled) {
      return;
    }
    for (int i = 0; i < state.length; i++) {
      int kept = earlierEnded ? VALID : VALID | PENDING;
      state[i] = (byte) (state[i] & kept | (state[i] & CURRENT) >> 1);
    }
  }

  void copy(Bytes source, int from, int to, int bytes) {
    System.arraycopy(source.data, from, data, to, bytes);
    System.arraycopy(source.state, from, state, to, bytes);
  }

  /** All kernels have ended. */
  void settle() {
    if (!unsettled) {
      return;
    }
    unsettled = false;
    for (int i = 0; i < state.length; i++) {
      state[i] &= VALID;
    }
  }
}
