package io.firesteel.model.sampling;

/** Checks of parameters, with messages that name what was found and what would do. */
final class Range {
  private Range() {}

  static void require(String what, float value, float least, float most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          most == Float.MAX_VALUE
              ? "%s is %s, expected a finite number of at least %s".formatted(what, value, least)
              : "%s is %s, expected %s to %s".formatted(what, value, least, most));
    }
  }

  static void require(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d, expected at least %d".formatted(what, value, least));
    }
  }

  static void requirePositive(String what, float value) {
    if (!(value > 0 && value < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "%s is %s, expected a finite number greater than 0".formatted(what, value));
    }
  }

  static void requireFinite(String what, float value) {
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException(
          "%s is %s, expected a finite number".formatted(what, value));
    }
  }

  static void requireShare(String what, float value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "%s is %s, expected greater than 0 and at most 1".formatted(what, value));
    }
  }
}
