package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Rows of activations in float32, with room for them in 8 bits; see {@link Quantise}.
 *
 * @param floats the elements
 * @param quants a fourth as many ints
 * @param scales two for 32 elements: the scale of their quants, and their sum
 */
public record Activations(FloatArray floats, IntArray quants, FloatArray scales) {
  private static final int RUN = 32;

  /** Scratch arrays for given elements; rows that are no multiple of 32 are never quantised. */
  public static Activations of(FloatArray floats) {
    int runs = Math.ceilDiv(floats.getSize(), RUN);
    return new Activations(floats, new IntArray(runs * 8), new FloatArray(2 * runs));
  }

  /** Scratch arrays for {@code count} elements. */
  public static Activations ofSize(int count) {
    return of(new FloatArray(count));
  }
}
