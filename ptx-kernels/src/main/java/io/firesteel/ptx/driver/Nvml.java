package io.firesteel.ptx.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Power, energy, clocks and temperature of a device from NVIDIA's management library, where that is
 * installed.
 */
public final class Nvml implements AutoCloseable {
  private static final int SUCCESS = 0;
  private static final int VERSION_BYTES = 80;
  private static final int GRAPHICS_CLOCK = 0;
  private static final int MEMORY_CLOCK = 2;
  private static final int GPU_TEMPERATURE = 0;
  private static final double MILLI = 1e-3;

  // nvmlClocksEventReason…
  private static final Map<Long, String> REASONS =
      new TreeMap<>(
          Map.of(
              0x04L, "power cap",
              0x08L, "hardware slowdown",
              0x10L, "sync boost",
              0x20L, "thermal slowdown by software",
              0x40L, "thermal slowdown by hardware",
              0x80L, "power brake"));

  private final DriverLibrary library;
  private final MemorySegment device;
  private boolean closed;

  private Nvml(DriverLibrary library, MemorySegment device) {
    this.library = library;
    this.device = device;
  }

  /**
   * The readings of a device, or nothing where the library is missing or does not know the device.
   */
  public static Optional<Nvml> open(Device device) {
    return DriverLibrary.load(DriverLibrary.NVML).flatMap(library -> open(library, device));
  }

  private static Optional<Nvml> open(DriverLibrary library, Device device) {
    if (DriverLibrary.call(library.require("nvmlInit_v2")) != SUCCESS) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      int result =
          DriverLibrary.call(
              library.require("nvmlDeviceGetHandleByPciBusId_v2", ADDRESS, ADDRESS),
              arena.allocateFrom(device.pciBusId()),
              out);
      if (result != SUCCESS) {
        DriverLibrary.call(library.require("nvmlShutdown"));
        return Optional.empty();
      }
      return Optional.of(new Nvml(library, out.get(ADDRESS, 0)));
    }
  }

  /** Watts drawn at this moment, averaged by the board over some milliseconds. */
  public OptionalDouble powerWatts() {
    OptionalInt value = readInt("nvmlDeviceGetPowerUsage");
    return value.isPresent() ? OptionalDouble.of(value.getAsInt() * MILLI) : OptionalDouble.empty();
  }

  /** Joules drawn since the driver was loaded; differences of it are the energy of a run. */
  public OptionalDouble energyJoules() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      return read("nvmlDeviceGetTotalEnergyConsumption", out)
          ? OptionalDouble.of(out.get(JAVA_LONG, 0) * MILLI)
          : OptionalDouble.empty();
    }
  }

  /** Clock of the multiprocessors in MHz. */
  public OptionalInt graphicsClock() {
    return readInt("nvmlDeviceGetClockInfo", GRAPHICS_CLOCK);
  }

  /** Clock of the memory in MHz. */
  public OptionalInt memoryClock() {
    return readInt("nvmlDeviceGetClockInfo", MEMORY_CLOCK);
  }

  /** Temperature of the GPU in degrees Celsius. */
  public OptionalInt temperature() {
    return readInt("nvmlDeviceGetTemperature", GPU_TEMPERATURE);
  }

  /** Largest clock of the multiprocessors in MHz. */
  public OptionalInt maxGraphicsClock() {
    return readInt("nvmlDeviceGetMaxClockInfo", GRAPHICS_CLOCK);
  }

  /** Largest clock of the memory in MHz. */
  public OptionalInt maxMemoryClock() {
    return readInt("nvmlDeviceGetMaxClockInfo", MEMORY_CLOCK);
  }

  /** The power limit in force, in watts. */
  public OptionalDouble powerLimitWatts() {
    OptionalInt value = readInt("nvmlDeviceGetEnforcedPowerLimit");
    return value.isPresent() ? OptionalDouble.of(value.getAsInt() * MILLI) : OptionalDouble.empty();
  }

  /** Bytes of device memory that all programs have allocated. */
  public OptionalLong memoryUsedBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment totalFreeUsed = arena.allocate(JAVA_LONG, 3);
      return read("nvmlDeviceGetMemoryInfo", totalFreeUsed)
          ? OptionalLong.of(totalFreeUsed.getAtIndex(JAVA_LONG, 2))
          : OptionalLong.empty();
    }
  }

  /**
   * Reasons for which the clocks are held down at this moment, other than that nothing is to be
   * done or that somebody has chosen them.
   */
  public List<String> throttling() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      return read("nvmlDeviceGetCurrentClocksThrottleReasons", out)
          ? reasons(out.get(JAVA_LONG, 0))
          : List.of();
    }
  }

  /** The names of NVML's bits. */
  static List<String> reasons(long bits) {
    List<String> reasons = new ArrayList<>();
    REASONS.forEach(
        (bit, name) -> {
          if ((bits & bit) != 0) {
            reasons.add(name);
          }
        });
    return reasons;
  }

  /** Version of the driver, such as {@code 580.159.04}. */
  public Optional<String> driverVersion() {
    checkOpen();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(VERSION_BYTES);
      return library
          .find("nvmlSystemGetDriverVersion", ADDRESS, JAVA_INT)
          .filter(function -> DriverLibrary.call(function, out, VERSION_BYTES) == SUCCESS)
          .map(_ -> out.getString(0));
    }
  }

  private OptionalInt readInt(String function, int... selector) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      return read(function, out, selector)
          ? OptionalInt.of(out.get(JAVA_INT, 0))
          : OptionalInt.empty();
    }
  }

  private boolean read(String name, MemorySegment out, int... selector) {
    checkOpen();
    if (selector.length == 0) {
      return library
          .find(name, ADDRESS, ADDRESS)
          .filter(function -> DriverLibrary.call(function, device, out) == SUCCESS)
          .isPresent();
    }
    ValueLayout choice = JAVA_INT;
    return library
        .find(name, ADDRESS, choice, ADDRESS)
        .filter(function -> DriverLibrary.call(function, device, selector[0], out) == SUCCESS)
        .isPresent();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("NVML readings are closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      DriverLibrary.call(library.require("nvmlShutdown"));
    }
  }
}
