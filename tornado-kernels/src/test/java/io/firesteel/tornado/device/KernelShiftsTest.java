package io.firesteel.tornado.device;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.tornado.kernels.BoundOp;
import io.firesteel.tornado.kernels.Geometry;
import io.firesteel.tornado.kernels.KernelTask;
import io.firesteel.tornado.kernels.TrapKernels;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * TornadoVM's backends shift otherwise than Java: PTX never with sign, which the device reports,
 * and OpenCL always. The kernels compute the same with either.
 */
class KernelShiftsTest {
  /** The smallest case of each list of kernels and types. */
  static Stream<ConformanceCase> cases() {
    return ConformanceSuite.cases().stream()
        .filter(c -> BoundOp.isSupported(c.call().get()))
        .collect(
            Collectors.groupingBy(
                KernelMutantsTest::kernels,
                Collectors.minBy(Comparator.comparingLong(KernelMutantsTest::items))))
        .values()
        .stream()
        .flatMap(Optional::stream);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void kernelsDoNotDependOnShiftsWithoutSign(ConformanceCase conformanceCase) throws IOException {
    JvmDevice plain = new JvmDevice(1);
    conformanceCase.check(new JvmOps(plain), Tolerances.INT8);
    JvmDevice signed = new JvmDevice(1, shifted(plain.usedClasses()));
    conformanceCase.check(new JvmOps(signed), Tolerances.INT8);
  }

  @Test
  void aKernelThatDoesIsFound() throws IOException {
    IntArray x = new IntArray(1);
    IntArray y = new IntArray(1);
    x.init(-1);
    JvmDevice signed = new JvmDevice(1, shifted(Set.of(TrapKernels.class.getName())));
    signed.run(KernelTask.of(TrapKernels.class, "highestByte", new Geometry(1, 1), in(x), out(y)));
    assertEquals(-1, y.get(0));
  }

  private static Map<String, byte[]> shifted(Set<String> classes) throws IOException {
    Map<String, byte[]> changed = new HashMap<>();
    for (String name : classes) {
      changed.put(name, OpenClShifts.apply(KernelMutantsTest.classFile(name)));
    }
    return changed;
  }
}
