package io.firesteel.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.model.engine.DeviceReading;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DeviceUseTest {
  private static DeviceReading reading(double watts, double joules, String... throttling) {
    return new DeviceReading(
        OptionalInt.of(1000),
        OptionalInt.empty(),
        watts < 0 ? OptionalDouble.empty() : OptionalDouble.of(watts),
        joules < 0 ? OptionalDouble.empty() : OptionalDouble.of(joules),
        OptionalInt.empty(),
        OptionalLong.empty(),
        List.of(throttling));
  }

  @Test
  void energyIsTheCountersDifference() {
    DeviceUse use = DeviceUse.of(2, List.of(reading(9, 100), reading(9, 150), reading(9, 500)));
    assertEquals(OptionalDouble.of(400), use.joules());
    assertEquals(OptionalDouble.of(200), use.watts());
  }

  @Test
  void energyIsPowerByTimeWhereThereIsNoCounter() {
    DeviceUse use = DeviceUse.of(2, List.of(reading(100, -1), reading(300, -1)));
    assertEquals(OptionalDouble.of(400), use.joules());
  }

  @Test
  void energyIsUnknownWithoutEitherOrWhenTheCounterWrapped() {
    assertEquals(
        OptionalDouble.empty(), DeviceUse.of(2, List.of(reading(-1, -1), reading(-1, -1))).watts());
    assertEquals(
        OptionalDouble.empty(), DeviceUse.of(2, List.of(reading(-1, 9), reading(-1, 1))).joules());
  }

  @Test
  void stretchesAddUpWithoutTheTimeBetweenThem() {
    DeviceUse first = DeviceUse.of(1, List.of(reading(0, 0), reading(0, 10)));
    DeviceUse second = DeviceUse.of(3, List.of(reading(0, 1000, "heat"), reading(0, 1030)));
    DeviceUse both = first.and(second);
    assertEquals(OptionalDouble.of(40), both.joules());
    assertEquals(OptionalDouble.of(10), both.watts());
    assertEquals(4, both.clocks().count());
    assertEquals(List.of("heat"), List.copyOf(both.throttling()));
  }
}
