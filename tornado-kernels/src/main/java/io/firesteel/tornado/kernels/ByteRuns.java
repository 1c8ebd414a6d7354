package io.firesteel.tornado.kernels;

/** Rounds runs of elements to signed bytes with one scale, as {@code KvCodec} does. */
final class ByteRuns {
  private static final float LARGEST_HALF = 65504;

  private ByteRuns() {}

  /**
   * Bits of a run's scale, a half float.
   *
   * @param largest largest absolute value of the run
   */
  static int scale(float largest) {
    float scale = largest / 127;
    return Halves.ofFloat(scale < LARGEST_HALF ? scale : LARGEST_HALF);
  }

  /** Nearest number of steps from -127 to 127, made positive because casts cut towards zero. */
  static int round(float value, float scale) {
    float steps = scale > 0 ? value / scale : 0;
    steps = steps > 127 ? 127 : steps;
    steps = steps < -127 ? -127 : steps;
    return (int) (steps + 128.5f) - 128;
  }
}
