package io.firesteel.model.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.engine.DeviceReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuMeterTest {
  @TempDir Path root;

  private void file(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private CpuMeter meter() {
    return new CpuMeter(new LinuxCounters(root), 1);
  }

  @Test
  void readsWhatLinuxTells() throws IOException {
    file(
        "proc/cpuinfo",
        "model name\t: Some CPU @ 2 GHz\ncpu MHz\t\t: 1999.6\n\ncpu MHz : 2100.2\n");
    file("proc/meminfo", "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    600 kB\n");
    file("sys/class/powercap/intel-rapl:0/energy_uj", "1500000\n");
    file("sys/class/powercap/intel-rapl:1/energy_uj", "500000\n");
    file("sys/class/powercap/intel-rapl:0:0/energy_uj", "700000\n");

    assertEquals("Some CPU @ 2 GHz", meter().identity().name());
    assertEquals(OptionalLong.of(1000 << 10), meter().identity().memoryBytes());
    DeviceReading reading = meter().read();
    assertEquals(OptionalInt.of(2100), reading.clockMhz());
    assertEquals(OptionalDouble.of(2.0), reading.joules());
    assertEquals(OptionalLong.of(400 << 10), reading.memoryUsedBytes());
  }

  @Test
  void leavesOutWhatCannotBeRead() {
    assertEquals(DeviceReading.NONE, meter().read());
    assertTrue(meter().identity().name().startsWith("unknown processor"));
  }

  @Test
  void streamsThroughMemory() {
    double rate = new MemoryStream(1).bytesPerSecond();
    assertTrue(rate > 1e7 && rate < 1e13, rate + " bytes a second");
  }
}
