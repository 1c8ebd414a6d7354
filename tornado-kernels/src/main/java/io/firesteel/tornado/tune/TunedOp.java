package io.firesteel.tornado.tune;

import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A call measured in both forms.
 *
 * @param shape the call
 * @param java compiled by TornadoVM
 * @param ptx written by hand
 */
public record TunedOp(CallShape shape, FormTime java, FormTime ptx) {
  /** Whether both forms ran. */
  public boolean isCompared() {
    return java.micros().isPresent() && ptx.micros().isPresent();
  }

  /** Java's time in times of PTX's; only where both ran. */
  public double ratio() {
    return java.micros().orElseThrow() / ptx.micros().orElseThrow();
  }

  /** Microseconds of the faster form; empty where none ran. */
  public OptionalDouble bestMicros() {
    return Stream.of(java, ptx)
        .filter(time -> time.micros().isPresent())
        .mapToDouble(time -> time.micros().getAsDouble())
        .min();
  }
}
