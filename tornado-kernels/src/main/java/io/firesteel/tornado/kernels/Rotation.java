package io.firesteel.tornado.kernels;

/** Angles of rotary position embedding. */
final class Rotation {
  private static final double TURN = 2 * Math.PI;

  private Rotation() {}

  /**
   * The angle of a position, less its whole turns. In double precision, since at far positions a
   * float has no digits left for the angle.
   *
   * @param frequency angle of one position
   */
  static float angle(int position, float frequency) {
    double turns = position * (frequency * (1 / TURN));
    return (float) ((turns - (int) turns) * TURN);
  }
}
