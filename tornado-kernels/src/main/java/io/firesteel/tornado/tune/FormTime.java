package io.firesteel.tornado.tune;

import java.util.OptionalDouble;

/**
 * How long an op takes in one form.
 *
 * @param micros microseconds on the device; empty where there is no kernel, or it failed
 * @param failure why it failed; empty where it did not
 */
public record FormTime(OptionalDouble micros, String failure) {
  /** No kernel of this form takes the call. */
  static final FormTime NONE = new FormTime(OptionalDouble.empty(), "");

  static FormTime of(double micros) {
    return new FormTime(OptionalDouble.of(micros), "");
  }

  static FormTime failed(String failure) {
    return new FormTime(OptionalDouble.empty(), failure);
  }
}
