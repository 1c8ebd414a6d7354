package io.firesteel.tornado.device;

/**
 * How long a launch may take before it is taken for one that never ends.
 *
 * @param barriers of a group
 * @param accesses to memory of a work item, from one barrier to the next
 */
public record Patience(int barriers, long accesses) {
  /** More than a kernel of a usual size needs. */
  public static final Patience USUAL = new Patience(1_000_000, 10_000_000_000L);

  /** Checks that neither is negative. */
  public Patience {
    if (barriers < 0 || accesses < 0) {
      throw new IllegalArgumentException(
          "barriers is %d and accesses %d, expected at least 0".formatted(barriers, accesses));
    }
  }
}
