package io.firesteel.tornado.device;

import io.firesteel.tornado.device.Memory.Global;
import io.firesteel.tornado.device.Memory.Local;
import java.lang.reflect.Array;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * What instrumented kernels call in place of TornadoVM's API and of array instructions. Public only
 * because kernels lie in other packages.
 */
public final class Probe {
  private static final ThreadLocal<Worker> WORKER = new ThreadLocal<>();
  private static final int LANES = Meeting.WARP;

  private Probe() {}

  static void runAs(Worker worker, Runnable body) {
    WORKER.set(worker);
    body.run();
  }

  /** globalIdx of the work item. */
  public static Integer globalIdx(KernelContext context) {
    Worker worker = WORKER.get();
    return worker.launch.group() * worker.launch.groupSize() + worker.item;
  }

  /** groupIdx of the work item. */
  public static Integer groupIdx(KernelContext context) {
    Worker worker = WORKER.get();
    return worker.launch.group();
  }

  /** localIdx of the work item. */
  public static Integer localIdx(KernelContext context) {
    Worker worker = WORKER.get();
    return worker.item;
  }

  /** globalGroupSizeX of the work item. */
  public static Integer globalGroupSizeX(KernelContext context) {
    Worker worker = WORKER.get();
    return worker.launch.groupCount() * worker.launch.groupSize();
  }

  /** localGroupSizeX of the work item. */
  public static Integer localGroupSizeX(KernelContext context) {
    Worker worker = WORKER.get();
    return worker.launch.groupSize();
  }

  /** globalIdy: launches have one dimension. */
  public static Integer globalIdy(KernelContext context) {
    return 0;
  }

  /** globalIdz: launches have one dimension. */
  public static Integer globalIdz(KernelContext context) {
    return 0;
  }

  /** groupIdy: launches have one dimension. */
  public static Integer groupIdy(KernelContext context) {
    return 0;
  }

  /** groupIdz: launches have one dimension. */
  public static Integer groupIdz(KernelContext context) {
    return 0;
  }

  /** localIdy: launches have one dimension. */
  public static Integer localIdy(KernelContext context) {
    return 0;
  }

  /** localIdz: launches have one dimension. */
  public static Integer localIdz(KernelContext context) {
    return 0;
  }

  /** globalGroupSizeY: launches have one dimension. */
  public static Integer globalGroupSizeY(KernelContext context) {
    return 1;
  }

  /** globalGroupSizeZ: launches have one dimension. */
  public static Integer globalGroupSizeZ(KernelContext context) {
    return 1;
  }

  /** localGroupSizeY: launches have one dimension. */
  public static Integer localGroupSizeY(KernelContext context) {
    return 1;
  }

  /** localGroupSizeZ: launches have one dimension. */
  public static Integer localGroupSizeZ(KernelContext context) {
    return 1;
  }

  /** Barrier of the group. */
  public static void localBarrier(KernelContext context, int line) {
    Worker worker = WORKER.get();
    worker.launch.barrier(worker, line);
  }

  /** Barrier of the group. */
  public static void globalBarrier(KernelContext context, int line) {
    Worker worker = WORKER.get();
    worker.launch.barrier(worker, line);
  }

  /** Sum over the warp, in all lanes. */
  public static float simdSum(KernelContext context, float value, int line) {
    Worker worker = WORKER.get();
    float sum = 0;
    for (float posted : worker.launch.meetWarp(worker, "simdSum", line, value)) {
      sum += posted;
    }
    return sum;
  }

  /** Value of the lane {@code delta} further; one's own where there is none. */
  public static float simdShuffleDown(KernelContext context, float value, int delta, int line) {
    Worker worker = WORKER.get();
    float[] posted = worker.launch.meetWarp(worker, "simdShuffleDown", line, value);
    int other = worker.item % LANES + delta;
    return other < posted.length ? posted[other] : value;
  }

  /** Value of lane 0. */
  public static float simdBroadcastFirst(KernelContext context, float value, int line) {
    Worker worker = WORKER.get();
    return worker.launch.meetWarp(worker, "simdBroadcastFirst", line, value)[0];
  }

  /** Dot product of four signed bytes, added to a sum. */
  public static int dp4a_packed(int a, int b, int sum) {
    int result = sum;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      result += (byte) (a >> shift) * (byte) (b >> shift);
    }
    return result;
  }

  /** Shift with sign. */
  public static int shift(int value, int distance) {
    checkSign(value);
    return value >> distance;
  }

  /** Shift with sign. */
  public static long shift(long value, int distance) {
    checkSign(value);
    return value >> distance;
  }

  /** Local array of the group. */
  public static float[] allocateFloatLocalArray(KernelContext context, int size, String method) {
    return (float[]) allocate(float.class, size, method);
  }

  /** Local array of the group. */
  public static int[] allocateIntLocalArray(KernelContext context, int size, String method) {
    return (int[]) allocate(int.class, size, method);
  }

  /** Local array of the group. */
  public static long[] allocateLongLocalArray(KernelContext context, int size, String method) {
    return (long[]) allocate(long.class, size, method);
  }

  /** Local array of the group. */
  public static double[] allocateDoubleLocalArray(KernelContext context, int size, String method) {
    return (double[]) allocate(double.class, size, method);
  }

  /** Read of an element. */
  public static float get(FloatArray array, int index) {
    read(array, index);
    return array.get(index);
  }

  /** Write of an element. */
  public static void set(FloatArray array, int index, float value) {
    write(array, index);
    array.set(index, value);
  }

  /** Read of an element. */
  public static int get(IntArray array, int index) {
    read(array, index);
    return array.get(index);
  }

  /** Write of an element. */
  public static void set(IntArray array, int index, int value) {
    write(array, index);
    array.set(index, value);
  }

  /** Read of an element. */
  public static short get(ShortArray array, int index) {
    read(array, index);
    return array.get(index);
  }

  /** Write of an element. */
  public static void set(ShortArray array, int index, short value) {
    write(array, index);
    array.set(index, value);
  }

  /** Read of an element. */
  public static byte get(ByteArray array, int index) {
    read(array, index);
    return array.get(index);
  }

  /** Write of an element. */
  public static void set(ByteArray array, int index, byte value) {
    write(array, index);
    array.set(index, value);
  }

  /** Read of an element. */
  public static long get(LongArray array, int index) {
    read(array, index);
    return array.get(index);
  }

  /** Write of an element. */
  public static void set(LongArray array, int index, long value) {
    write(array, index);
    array.set(index, value);
  }

  /** Read of an element. */
  public static double get(DoubleArray array, int index) {
    read(array, index);
    return array.get(index);
  }

  /** Write of an element. */
  public static void set(DoubleArray array, int index, double value) {
    write(array, index);
    array.set(index, value);
  }

  /** Read of an element. */
  public static HalfFloat get(HalfFloatArray array, int index) {
    read(array, index);
    return array.get(index);
  }

  /** Write of an element. */
  public static void set(HalfFloatArray array, int index, HalfFloat value) {
    write(array, index);
    array.set(index, value);
  }

  /** Atomic addition. */
  public static void atomicAdd(KernelContext context, IntArray array, int index, int value) {
    update(array, index);
    array.set(index, array.get(index) + value);
  }

  /** Atomic addition. */
  public static void atomicAdd(KernelContext context, LongArray array, int index, long value) {
    update(array, index);
    array.set(index, array.get(index) + value);
  }

  /** Atomic addition. */
  public static void atomicAdd(KernelContext context, FloatArray array, int index, float value) {
    update(array, index);
    array.set(index, array.get(index) + value);
  }

  /** Atomic addition. */
  public static void atomicAdd(KernelContext context, DoubleArray array, int index, double value) {
    update(array, index);
    array.set(index, array.get(index) + value);
  }

  /** Atomic addition to local memory. */
  public static void atomicAdd(KernelContext context, int[] array, int index, int value) {
    Worker worker = WORKER.get();
    checkIndex(worker, index, array.length);
    Local local = worker.launch.memory().local(array);
    if (local != null) {
      if (!local.shadow().isWritten(index)) {
        throw worker.launch.fault(worker, Fault.UNWRITTEN_LOCAL, "element " + index);
      }
      Launch launch = worker.launch;
      checkRace(worker, index, local.shadow().update(index, launch.user(worker), launch.phase()));
    }
    array[index] += value;
  }

  /** Read of a Java array. */
  public static float load(float[] array, int index, String method) {
    loaded(array, array.length, index, method);
    return array[index];
  }

  /** Write of a Java array. */
  public static void store(float[] array, int index, float value, String method) {
    stored(array, array.length, index, method);
    array[index] = value;
  }

  /** Read of a Java array. */
  public static int load(int[] array, int index, String method) {
    loaded(array, array.length, index, method);
    return array[index];
  }

  /** Write of a Java array. */
  public static void store(int[] array, int index, int value, String method) {
    stored(array, array.length, index, method);
    array[index] = value;
  }

  /** Read of a Java array. */
  public static long load(long[] array, int index, String method) {
    loaded(array, array.length, index, method);
    return array[index];
  }

  /** Write of a Java array. */
  public static void store(long[] array, int index, long value, String method) {
    stored(array, array.length, index, method);
    array[index] = value;
  }

  /** Read of a Java array. */
  public static double load(double[] array, int index, String method) {
    loaded(array, array.length, index, method);
    return array[index];
  }

  /** Write of a Java array. */
  public static void store(double[] array, int index, double value, String method) {
    stored(array, array.length, index, method);
    array[index] = value;
  }

  private static Object allocate(Class<?> element, int size, String method) {
    Worker worker = WORKER.get();
    Memory memory = worker.launch.memory();
    int index = worker.allocations++;
    if (memory.allocated(index).isEmpty()) {
      memory.allocate(Array.newInstance(element, size), size, method);
    }
    Object array = memory.allocated(index).orElseThrow().array();
    if (array.getClass().getComponentType() != element || Array.getLength(array) != size) {
      throw worker.launch.fault(
          worker,
          Fault.LOCAL_MEMORY,
          "array %d is %s[%d] here and %s[%d] elsewhere"
              .formatted(
                  index,
                  element,
                  size,
                  array.getClass().getComponentType(),
                  Array.getLength(array)));
    }
    return array;
  }

  private static void checkSign(long value) {
    Worker worker = WORKER.get();
    if (value < 0) {
      throw worker.launch.fault(worker, Fault.SIGNED_SHIFT, "value " + value);
    }
  }

  private static void checkIndex(Worker worker, int index, int size) {
    worker.launch.countAccess(worker);
    if (index < 0 || index >= size) {
      throw worker.launch.fault(
          worker, Fault.OUT_OF_RANGE, "element %d of %d".formatted(index, size));
    }
  }

  private static void checkRace(Worker worker, int index, int other) {
    if (other != Shadow.NOBODY) {
      throw worker.launch.fault(
          worker, Fault.RACE, "element %d, with %s".formatted(index, Shadow.text(other)));
    }
  }

  private static void checkMethod(Worker worker, Local local, String method) {
    if (!local.method().equals(method)) {
      throw worker.launch.fault(
          worker, Fault.LOCAL_IN_HELPER, "allocated in " + local.method().replace('/', '.'));
    }
  }

  private static void read(TornadoNativeArray array, int index) {
    Worker worker = WORKER.get();
    checkIndex(worker, index, array.getSize());
    Global global = worker.launch.memory().global(array);
    if (global == null || global.shadow() == null) {
      return;
    }
    if (global.access() == Access.WRITE_ONLY && !global.shadow().isWritten(index)) {
      throw worker.launch.fault(worker, Fault.UNWRITTEN_OUTPUT, "element " + index);
    }
    Launch launch = worker.launch;
    checkRace(worker, index, global.shadow().read(index, launch.user(worker), launch.phase()));
  }

  private static void write(TornadoNativeArray array, int index) {
    Worker worker = WORKER.get();
    Shadow shadow = writable(worker, array, index);
    if (shadow != null) {
      Launch launch = worker.launch;
      checkRace(worker, index, shadow.write(index, launch.user(worker), launch.phase()));
    }
  }

  private static void update(TornadoNativeArray array, int index) {
    Worker worker = WORKER.get();
    Shadow shadow = writable(worker, array, index);
    if (shadow != null) {
      Launch launch = worker.launch;
      checkRace(worker, index, shadow.update(index, launch.user(worker), launch.phase()));
    }
  }

  /** Null for arrays that are no arguments. */
  private static Shadow writable(Worker worker, TornadoNativeArray array, int index) {
    checkIndex(worker, index, array.getSize());
    Global global = worker.launch.memory().global(array);
    if (global == null) {
      return null;
    }
    if (global.shadow() == null) {
      throw worker.launch.fault(worker, Fault.READ_ONLY, "element " + index);
    }
    return global.shadow();
  }

  private static void loaded(Object array, int size, int index, String method) {
    Worker worker = WORKER.get();
    checkIndex(worker, index, size);
    Local local = worker.launch.memory().local(array);
    if (local == null) {
      return;
    }
    checkMethod(worker, local, method);
    if (!local.shadow().isWritten(index)) {
      throw worker.launch.fault(worker, Fault.UNWRITTEN_LOCAL, "element " + index);
    }
    Launch launch = worker.launch;
    checkRace(worker, index, local.shadow().read(index, launch.user(worker), launch.phase()));
  }

  private static void stored(Object array, int size, int index, String method) {
    Worker worker = WORKER.get();
    checkIndex(worker, index, size);
    Local local = worker.launch.memory().local(array);
    if (local != null) {
      checkMethod(worker, local, method);
      Launch launch = worker.launch;
      checkRace(worker, index, local.shadow().write(index, launch.user(worker), launch.phase()));
    }
  }
}
