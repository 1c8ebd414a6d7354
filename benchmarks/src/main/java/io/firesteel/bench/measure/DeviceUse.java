package io.firesteel.bench.measure;

import io.firesteel.model.engine.DeviceReading;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What a device was seen doing over one or several stretches of time.
 *
 * @param seconds length of all stretches together
 * @param joules energy drawn in them
 * @param readings in the order in which they were taken
 */
public record DeviceUse(double seconds, OptionalDouble joules, List<DeviceReading> readings) {
  /** Nothing was measured or read. */
  public static final DeviceUse NONE = new DeviceUse(0, OptionalDouble.of(0), List.of());

  /** Takes an immutable copy of the list. */
  public DeviceUse {
    readings = List.copyOf(readings);
  }

  /**
   * One stretch. Its energy comes from the device's own counter, or else from its power and the
   * time.
   *
   * @param readings the first was taken at the beginning and the last at the end
   */
  static DeviceUse of(double seconds, List<DeviceReading> readings) {
    return new DeviceUse(seconds, energy(seconds, readings), readings);
  }

  private static OptionalDouble energy(double seconds, List<DeviceReading> readings) {
    OptionalDouble first = readings.getFirst().joules();
    OptionalDouble last = readings.getLast().joules();
    if (first.isPresent() && last.isPresent()) {
      double joules = last.getAsDouble() - first.getAsDouble();
      return joules > 0 ? OptionalDouble.of(joules) : OptionalDouble.empty(); // wrapped around
    }
    OptionalDouble watts = readings.stream().flatMapToDouble(r -> r.watts().stream()).average();
    return watts.isPresent()
        ? OptionalDouble.of(watts.getAsDouble() * seconds)
        : OptionalDouble.empty();
  }

  /** Mean power. */
  public OptionalDouble watts() {
    return joules.isPresent() && seconds > 0
        ? OptionalDouble.of(joules.getAsDouble() / seconds)
        : OptionalDouble.empty();
  }

  /** Clocks of the cores in MHz, one for each reading that has one. */
  public IntStream clocks() {
    return readings.stream().flatMapToInt(r -> r.clockMhz().stream());
  }

  /** Clocks of the memory in MHz, one for each reading that has one. */
  public IntStream memoryClocks() {
    return readings.stream().flatMapToInt(r -> r.memoryClockMhz().stream());
  }

  /** Temperatures in degrees Celsius, one for each reading that has one. */
  public IntStream temperatures() {
    return readings.stream().flatMapToInt(r -> r.temperature().stream());
  }

  /** Reasons for which clocks were held down at any time. */
  public SortedSet<String> throttling() {
    return new TreeSet<>(readings.stream().flatMap(r -> r.throttling().stream()).toList());
  }

  /** These stretches and others. */
  public DeviceUse and(DeviceUse others) {
    List<DeviceReading> all = new ArrayList<>(readings);
    all.addAll(others.readings);
    OptionalDouble sum =
        joules.isPresent() && others.joules.isPresent()
            ? OptionalDouble.of(joules.getAsDouble() + others.joules.getAsDouble())
            : OptionalDouble.empty();
    return new DeviceUse(seconds + others.seconds, sum, all);
  }
}
