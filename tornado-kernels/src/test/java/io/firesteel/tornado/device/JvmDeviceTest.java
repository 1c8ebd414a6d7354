package io.firesteel.tornado.device;

import static io.firesteel.tornado.device.junit.KernelAssertions.assertFault;
import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.tornado.device.junit.KernelAssertions;
import io.firesteel.tornado.device.junit.KernelTest;
import io.firesteel.tornado.kernels.Argument;
import io.firesteel.tornado.kernels.FaultyKernels;
import io.firesteel.tornado.kernels.Geometry;
import io.firesteel.tornado.kernels.KernelTask;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What the device runs, and what it reports. */
class JvmDeviceTest {
  private static final Geometry TWO_GROUPS = new Geometry(2, 64);

  record Faulty(Fault fault, String kernel, Argument... arguments) {
    KernelTask task() {
      return KernelTask.of(FaultyKernels.class, kernel, TWO_GROUPS, arguments);
    }

    @Override
    public String toString() {
      return kernel + ": " + fault.text();
    }
  }

  static Stream<Faulty> faultyKernels() {
    return Stream.of(
        new Faulty(Fault.OUT_OF_RANGE, "copyWithoutBoundsCheck", in(floats(100)), out(floats(100))),
        new Faulty(Fault.READ_ONLY, "writeToInput", in(floats(128))),
        new Faulty(Fault.RACE, "reverseWithoutBarrier", in(floats(128)), out(floats(128))),
        new Faulty(Fault.UNWRITTEN_LOCAL, "readUnwrittenLocal", out(floats(128))),
        new Faulty(Fault.BARRIER_DIVERGENCE, "barrierForSome", out(floats(128))),
        new Faulty(Fault.BARRIER_DIVERGENCE, "differentBarriers", out(floats(128))),
        new Faulty(Fault.RACE, "sumIntoOne", in(floats(128)), inOut(floats(1))),
        new Faulty(Fault.RACE, "countAndRead", inOut(ints(1)), out(ints(128))),
        new Faulty(Fault.UNWRITTEN_OUTPUT, "addToOutput", out(floats(128))),
        new Faulty(Fault.RACE, "readNeighbourOfOtherGroup", inOut(floats(128)), scalar(128)),
        new Faulty(Fault.LOCAL_IN_HELPER, "localInHelper", out(floats(128))),
        new Faulty(Fault.SIGNED_SHIFT, "shiftWithSign", out(ints(128))),
        new Faulty(Fault.NEVER_READ, "everySecond", inOut(floats(128))),
        new Faulty(Fault.WARP_DIVERGENCE, "shuffleInHalfAWarp", in(floats(128)), out(floats(128))),
        new Faulty(Fault.LOCAL_MEMORY, "sizeByItem", out(floats(128))),
        new Faulty(Fault.EXCEPTION, "divideByZero", out(ints(128)), scalar(0)),
        new Faulty(Fault.NOT_COVERED, "copy", in(floats(200)), out(floats(200)), scalar(200)));
  }

  @ParameterizedTest
  @MethodSource("faultyKernels")
  void reportsEachFault(Faulty faulty) {
    FaultReport report = assertFault(faulty.fault(), () -> new JvmDevice(1).run(faulty.task()));
    assertEquals("FaultyKernels." + faulty.kernel(), report.kernel());
  }

  @ParameterizedTest
  @CsvSource({
    "readsForever, more than 1000 accesses to memory without a barrier",
    "meetsForever, more than 20 barriers"
  })
  void givesUpWhatDoesNotEnd(String kernel, String detail) {
    JvmDevice device = new JvmDevice(1, Map.of(), new Patience(20, 1000));
    KernelTask task =
        KernelTask.of(FaultyKernels.class, kernel, TWO_GROUPS, out(new IntArray(128)));
    FaultReport report = assertFault(Fault.ENDLESS, () -> device.run(task));
    assertEquals(detail, report.detail());
    assertTrue(report.location().startsWith("FaultyKernels.java:"), report::toString);
  }

  @KernelTest
  void namesGroupWorkItemAndLine(JvmDevice device) {
    FloatArray short100 = floats(100);
    KernelTask task =
        KernelTask.of(
            FaultyKernels.class,
            "copyWithoutBoundsCheck",
            TWO_GROUPS,
            in(short100),
            out(floats(128)));
    FaultReport report = assertFault(Fault.OUT_OF_RANGE, () -> device.run(task));
    assertEquals(1, report.group());
    assertTrue(report.item() >= 36, report::toString);
    assertTrue(report.location().startsWith("FaultyKernels.java:"), report::toString);
    assertEquals(
        "element %d of 100".formatted(64 + report.item()), report.detail(), report::toString);
  }

  @KernelTest(seeds = 5)
  void keepsGroupsAndBarriers(JvmDevice device) {
    FloatArray x = floats(128);
    FloatArray y = new FloatArray(128);
    device.run(KernelTask.of(FaultyKernels.class, "reverse", TWO_GROUPS, in(x), out(y)));
    float[] expected = new float[128];
    for (int i = 0; i < 128; i++) {
      expected[i] = i < 64 ? 63 - i : 191 - i;
    }
    assertArrayEquals(expected, y.toHeapArray());
  }

  @KernelTest
  void sumsInLockstep(JvmDevice device) {
    FloatArray x = floats(128);
    FloatArray y = new FloatArray(128);
    device.run(KernelTask.of(FaultyKernels.class, "sumOfWarp", TWO_GROUPS, in(x), out(y)));
    for (int i = 0; i < 128; i++) {
      assertEquals(i / 32 * 32 * 32 + 31 * 16, y.get(i), "lane " + i);
    }
  }

  @KernelTest
  void allowsAtomicUpdatesByAll(JvmDevice device) {
    IntArray count = ints(1);
    count.set(0, 7);
    device.run(KernelTask.of(FaultyKernels.class, "countAtomically", TWO_GROUPS, inOut(count)));
    assertEquals(7 + 128, count.get(0));
  }

  @KernelTest
  void coversWhatTheGeometryCovers(JvmDevice device) {
    FloatArray x = floats(100);
    FloatArray y = new FloatArray(100);
    device.run(
        KernelTask.of(
            FaultyKernels.class, "copy", Geometry.ofItems(100), in(x), out(y), scalar(100)));
    KernelAssertions.assertClose(x.toHeapArray(), y, 0);
  }

  private static FloatArray floats(int size) {
    FloatArray array = new FloatArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, i);
    }
    return array;
  }

  private static IntArray ints(int size) {
    IntArray array = new IntArray(size);
    array.init(0);
    return array;
  }
}
