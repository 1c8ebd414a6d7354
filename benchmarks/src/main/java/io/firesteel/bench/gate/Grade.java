package io.firesteel.bench.gate;

import java.util.Locale;

/** How much faster the best context has become. */
public enum Grade {
  /** By less than 2 %. */
  NONE(0),
  /** By 2 % or more. */
  XS(1.02),
  /** By 3.5 % or more. */
  S(1.035),
  /** By 6 % or more. */
  M(1.06),
  /** By 10 % or more. */
  L(1.10),
  /** By 18 % or more. */
  XL(1.18);

  /** Ratios are compared to so many parts, so that a figure on a boundary is on its upper side. */
  private static final double TOLERANCE = 1e-9;

  private final double least;

  Grade(double least) {
    this.least = least;
  }

  /** The grade of a ratio of rates, candidate to baseline. */
  public static Grade of(double ratio) {
    Grade grade = NONE;
    for (Grade each : values()) {
      grade = ratio >= each.least - TOLERANCE ? each : grade;
    }
    return grade;
  }

  /** As results and people write it: {@code none}, {@code XS} to {@code XL}. */
  public String label() {
    return this == NONE ? name().toLowerCase(Locale.ROOT) : name();
  }
}
