package io.firesteel.ptx.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.firesteel.model.engine.Availability;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DriverFactsTest {
  private static final Device H100 = device("NVIDIA H100 80GB HBM3", 9, 0);
  private static final Device TURING = device("NVIDIA T4", 7, 5);

  static Stream<Arguments> refusals() {
    return Stream.of(
        argumentSet(
            "no driver",
            new DriverFacts.NoDriver("Linux on amd64"),
            "libcuda.so.1",
            "Install an NVIDIA driver"),
        argumentSet(
            "other system",
            new DriverFacts.NoDriver("Mac OS X on aarch64"),
            "Mac OS X",
            "Run on Linux"),
        argumentSet(
            "driver and kernel module differ",
            new DriverFacts.Failing(803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"),
            "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)",
            "reboot"),
        argumentSet(
            "driver too old",
            new DriverFacts.Running(11_080, List.of(H100)),
            "CUDA 11.8",
            "version 550"),
        argumentSet(
            "no GPU", new DriverFacts.Running(13_000, List.of()), "finds no GPU", "nvidia-smi"),
        argumentSet(
            "GPU too old",
            new DriverFacts.Running(13_000, List.of(TURING)),
            "NVIDIA T4 (sm_75",
            "Ampere"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWithReasonAndRemedy(DriverFacts facts, String reason, String remedy) {
    var refused = assertInstanceOf(Availability.Refused.class, facts.judge());
    assertTrue(refused.reason().contains(reason), refused.reason());
    assertTrue(refused.remedy().contains(remedy), refused.remedy());
    assertTrue(facts.usable().isEmpty());
  }

  @Test
  void passesOverDevicesThatAreTooOld() {
    DriverFacts facts = new DriverFacts.Running(13_000, List.of(TURING, H100));
    assertEquals(List.of(H100), facts.usable());
    assertEquals(
        new Availability.Usable("NVIDIA H100 80GB HBM3 (sm_90, 132 SMs, 85.0 GB), CUDA 13.0"),
        facts.judge());
  }

  @Test
  void asksThisMachineWithoutThrowing() {
    Availability here = Driver.probe();
    assertEquals(here instanceof Availability.Refused, Driver.devices().isEmpty());
  }

  @Test
  void namesTheMissingLibraryOnThisMachine() {
    Assumptions.assumeTrue(
        DriverLibrary.load(DriverLibrary.CUDA).isEmpty(), "this machine has an NVIDIA driver");
    var refused = assertInstanceOf(Availability.Refused.class, Driver.probe());
    assertTrue(refused.reason().contains("libcuda.so.1"), refused.reason());
    assertTrue(Nvml.open(H100).isEmpty());
  }

  private static Device device(String name, int major, int minor) {
    return new Device(
        0, name, major, minor, 132, 85_000_000_000L, 50 << 20, 227 << 10, "0000:01:00.0");
  }
}
