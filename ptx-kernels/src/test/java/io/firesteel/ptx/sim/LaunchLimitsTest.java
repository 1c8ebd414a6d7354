package io.firesteel.ptx.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.ptx.kernel.Kernel;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Limits;
import io.firesteel.ptx.kernel.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Launches that a GPU would refuse are refused by the interpreter. */
class LaunchLimitsTest {
  @ParameterizedTest
  @CsvSource({
    "SM_90, 1024, 64, 0, 0",
    "SM_90, 512, 121, 0, 0",
    "SM_90, 32, 255, 0, 232448",
    "SM_86, 32, 255, 49152, 52224"
  })
  void whatFitsIsLaunched(Target target, int threads, int registers, int fixed, int dynamic) {
    launchable(target, threads, registers, fixed, dynamic);
  }

  @ParameterizedTest
  @CsvSource({
    "SM_90, 1056, 32, 0, 0, '1056 threads, sm_90 offers 1024'",
    "SM_90, 512, 129, 0, 0, '69632 registers, sm_90 offers 65536'",
    "SM_90, 33, 32, 49156, 0, '49156 bytes of static shared memory, sm_90 offers 49152'",
    "SM_90, 32, 32, 0, 232449, '232449 bytes of shared memory, sm_90 offers 232448'",
    "SM_86, 32, 32, 49152, 52225, '101377 bytes of shared memory, sm_86 offers 101376'"
  })
  void whatDoesNotFitIsNamed(
      Target target, int threads, int registers, int fixed, int dynamic, String asked) {
    SimFault fault =
        assertThrows(SimFault.class, () -> launchable(target, threads, registers, fixed, dynamic));
    assertEquals("kernel " + KernelSpec.of("k") + ": a CTA asks for " + asked, fault.getMessage());
  }

  private static void launchable(
      Target target, int threads, int registers, int fixed, int dynamic) {
    Limits limits = new Limits(registers, fixed, dynamic);
    String code = ".visible .entry k() { ret; }";
    Kernel kernel =
        new Kernel(KernelSpec.of("k"), target, "k", List.of(), threads, List.of("1"), limits, code);
    new SimDevice(1, target, 1, false).launch(kernel.launch(Map.of()));
  }
}
