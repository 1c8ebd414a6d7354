package io.firesteel.model.engine;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a device is, so that results from different ones are not compared by mistake.
 *
 * @param name product name, such as {@code NVIDIA H100 80GB HBM3}
 * @param driver version of its driver; empty where it has none
 * @param memoryBytes size of its main memory
 * @param powerLimitWatts the limit in force
 * @param details anything else that bears on speed, by name: compute capability, multiprocessors,
 *     largest clocks in MHz
 */
public record DeviceIdentity(
    String name,
    Optional<String> driver,
    OptionalLong memoryBytes,
    OptionalDouble powerLimitWatts,
    Map<String, String> details) {
  /** Refuses missing parts. */
  public DeviceIdentity {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(driver, "driver");
    Objects.requireNonNull(memoryBytes, "memoryBytes");
    Objects.requireNonNull(powerLimitWatts, "powerLimitWatts");
    details = Map.copyOf(details);
  }
}
