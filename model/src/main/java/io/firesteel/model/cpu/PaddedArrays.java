package io.firesteel.model.cpu;

/**
 * Arrays that one thread writes. Room is left behind each of them: what another thread writes may
 * lie next in memory, and a line of the cache that two threads write goes back and forth between
 * them.
 */
final class PaddedArrays {
  /** Two lines, as processors fetch pairs of them. */
  private static final int PADDING_BYTES = 128;

  private PaddedArrays() {}

  /** At least {@code length} elements. */
  static float[] floats(int length) {
    return new float[length + PADDING_BYTES / Float.BYTES];
  }

  /** At least {@code length} elements. */
  static int[] ints(int length) {
    return new int[length + PADDING_BYTES / Integer.BYTES];
  }

  /** At least {@code length} elements. */
  static byte[] bytes(int length) {
    return new byte[length + PADDING_BYTES];
  }
}
