package io.firesteel.bench.op;

import io.firesteel.bench.measure.Samples;
import java.util.OptionalDouble;

/**
 * What one implementation needs for one case.
 *
 * @param implementation its name
 * @param wanted the case
 * @param micros microseconds of a run by the device's clock, one sample for each iteration
 * @param bytes bytes that a run must move
 * @param nmse error against the reference
 */
public record OpRow(
    String implementation, OpCase wanted, Samples micros, long bytes, OptionalDouble nmse) {
  /** Bytes a second that the median run moves. */
  public double bytesPerSecond() {
    return bytes / (micros.median() * 1e-6);
  }
}
