package io.firesteel.ptx.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * PTX text run as it stands, for kernels that are written or tried by hand:
 *
 * <pre>{@code
 * Machine machine = new Machine(1);
 * long x = machine.upload(1f, 2f, 3f);
 * long y = machine.allocate(12);
 * machine.launch(ptx, "scale", new int[] {1}, new int[] {32}, 0, x, y, 3, 0.5f);
 * float[] scaled = machine.floats(y, 3);
 * }</pre>
 *
 * <p>Not safe for several threads.
 */
public final class Machine {
  private static final int AXES = 3;

  private final Simulator simulator;

  /**
   * A machine without memory in use.
   *
   * @param seed decides in which order blocks and warps run
   */
  public Machine(long seed) {
    simulator = new Simulator(seed);
  }

  /** Address of new memory, which no kernel may read before something is written there. */
  public long allocate(long bytes) {
    return simulator.allocate(bytes);
  }

  /** Address of new memory that holds these bytes. */
  public long upload(MemorySegment data) {
    long address = allocate(data.byteSize());
    simulator.write(address, data);
    return address;
  }

  /** Address of new memory that holds these numbers. */
  public long upload(float... data) {
    return upload(MemorySegment.ofArray(data));
  }

  /** Address of new memory that holds these numbers. */
  public long upload(int... data) {
    return upload(MemorySegment.ofArray(data));
  }

  /** Address of new memory that holds these half floats or other numbers of 16 bits. */
  public long upload(short... data) {
    return upload(MemorySegment.ofArray(data));
  }

  /** Address of new memory that holds these bytes. */
  public long upload(byte... data) {
    return upload(MemorySegment.ofArray(data));
  }

  /** Numbers at an address. */
  public float[] floats(long address, int count) {
    float[] values = new float[count];
    simulator.read(address, MemorySegment.ofArray(values));
    return values;
  }

  /** Numbers at an address. */
  public int[] ints(long address, int count) {
    return simulator.ints(address, count);
  }

  /** Bytes at an address. */
  public byte[] bytes(long address, int count) {
    MemorySegment to = MemorySegment.ofArray(new byte[count]);
    simulator.read(address, to);
    return to.toArray(ValueLayout.JAVA_BYTE);
  }

  /**
   * Runs a kernel to its end.
   *
   * @param ptx a whole module, with its {@code .version} and {@code .target}
   * @param grid blocks along x, y and z; axes left out are 1
   * @param block threads along x, y and z; axes left out are 1
   * @param dynamicShared bytes of dynamic shared memory
   * @param arguments a number for each parameter in order, whose bits are passed: {@code Long},
   *     {@code Integer}, {@code Float} or {@code Double}
   * @throws SimFault if the text cannot be read, or at the first fault of a thread
   */
  public void launch(
      String ptx, String entry, int[] grid, int[] block, int dynamicShared, Object... arguments) {
    long[] bits = List.of(arguments).stream().mapToLong(Machine::bits).toArray();
    simulator.launch(ptx, entry, threeAxes(grid), threeAxes(block), dynamicShared, false, bits);
  }

  /** Instructions run so far, counted by warp. */
  public long steps() {
    return simulator.steps();
  }

  private static long bits(Object argument) {
    return switch (argument) {
      case Long value -> value;
      case Integer value -> value;
      case Float value -> Float.floatToRawIntBits(value);
      case Double value -> Double.doubleToRawLongBits(value);
      default ->
          throw new IllegalArgumentException(
              "argument "
                  + argument
                  + " is a "
                  + argument.getClass().getSimpleName()
                  + ", expected Long, Integer, Float or Double");
    };
  }

  private static int[] threeAxes(int[] size) {
    if (size.length == 0 || size.length > AXES) {
      throw new IllegalArgumentException(size.length + " axes, expected 1 to " + AXES);
    }
    return IntStream.range(0, AXES).map(axis -> axis < size.length ? size[axis] : 1).toArray();
  }
}
