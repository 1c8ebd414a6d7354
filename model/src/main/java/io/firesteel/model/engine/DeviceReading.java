package io.firesteel.model.engine;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The state of a device at one moment.
 *
 * @param clockMhz clock of its cores (a GPU's multiprocessors) in MHz
 * @param memoryClockMhz clock of its memory in MHz
 * @param watts power drawn
 * @param joules energy drawn since some fixed moment; differences of it are the energy of a run
 * @param temperature degrees Celsius
 * @param memoryUsedBytes bytes of main memory in use by all programs
 * @param throttling reasons for which the clocks are held down at this moment, other than that
 *     nothing is to be done; empty if there are none or they cannot be read
 */
public record DeviceReading(
    OptionalInt clockMhz,
    OptionalInt memoryClockMhz,
    OptionalDouble watts,
    OptionalDouble joules,
    OptionalInt temperature,
    OptionalLong memoryUsedBytes,
    List<String> throttling) {
  /** A reading of a device that offers none. */
  public static final DeviceReading NONE =
      new DeviceReading(
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalInt.empty(),
          OptionalLong.empty(),
          List.of());

  /** Takes an immutable copy of the list. */
  public DeviceReading {
    throttling = List.copyOf(throttling);
  }
}
