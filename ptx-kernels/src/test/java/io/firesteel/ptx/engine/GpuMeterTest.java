package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.DeviceMeterProvider;
import io.firesteel.model.engine.DeviceReading;
import io.firesteel.model.engine.EngineException;
import io.firesteel.ptx.driver.Device;
import io.firesteel.ptx.driver.RequiresGpu;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GpuMeterTest {
  private static final Device FIRST = device(0, "NVIDIA A");
  private static final Device SECOND = device(1, "NVIDIA B");

  private static Device device(int ordinal, String name) {
    return new Device(ordinal, name, 9, 0, 132, 1L << 36, 1L << 25, 1 << 17, "0000:0" + ordinal);
  }

  @Test
  void theNamedDeviceIsMeteredAndForThisEngineElseTheFirst() {
    List<Device> devices = List.of(FIRST, SECOND);
    assertEquals(Optional.of(SECOND), GpuMeterProvider.choose(devices, "ptx", SECOND.describe()));
    assertEquals(Optional.of(SECOND), GpuMeterProvider.choose(devices, "tornado", "PTX NVIDIA B"));
    assertEquals(Optional.of(FIRST), GpuMeterProvider.choose(devices, "ptx", ""));
    assertEquals(Optional.empty(), GpuMeterProvider.choose(devices, "cpu", "some processor"));
    assertEquals(Optional.empty(), GpuMeterProvider.choose(List.of(), "ptx", ""));
  }

  @Test
  void withoutManagementLibraryNothingIsGuessed() {
    try (DeviceMeter meter = new GpuMeter(FIRST, Optional.empty())) {
      assertEquals(DeviceReading.NONE, meter.read());
      assertEquals("132", meter.identity().details().get("multiprocessors"));
      assertEquals(Optional.empty(), meter.identity().driver());
    }
  }

  @Test
  void providerIsRegistered() {
    assertTrue(
        ServiceLoader.load(DeviceMeterProvider.class).stream()
            .anyMatch(provider -> provider.type() == GpuMeterProvider.class));
  }

  @Nested
  @RequiresGpu
  class OnAGpu {
    @Test
    void readingsAndCeilingArePlausible() throws EngineException {
      try (DeviceMeter meter = new GpuMeterProvider().open("ptx", "", 1).orElseThrow()) {
        System.out.println(meter.identity());
        System.out.println("before: " + meter.read());
        double ceiling = meter.measureReadCeiling();
        System.out.printf("read ceiling: %.3f TB/s%n", ceiling / 1e12);
        System.out.println("after: " + meter.read());
        assertTrue(ceiling > 5e10 && ceiling < 2e13, () -> "bytes a second: " + ceiling);
        assertTrue(meter.read().memoryUsedBytes().orElse(1) > 0);
      }
    }
  }
}
