package io.firesteel.model.synthetic;

/**
 * The mixture of experts of a layer.
 *
 * @param count experts in a layer
 * @param used experts that a token passes through
 * @param width inner width of an expert
 * @param sharedWidth inner width of the shared expert; 0 where the architecture has none
 */
public record Experts(int count, int used, int width, int sharedWidth) {
  /** Checks the ranges. */
  public Experts {
    Shape.require(count >= 1, "experts", count, "at least 1");
    Shape.require(used >= 1 && used <= count, "used experts", used, "1 to " + count);
    Shape.require(width >= 1, "expert width", width, "at least 1");
    Shape.require(sharedWidth >= 0, "shared expert width", sharedWidth, "at least 0");
  }
}
