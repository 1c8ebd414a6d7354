package io.firesteel.tornado.kernels;

import io.firesteel.model.ops.Rope;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A rotation with its frequencies on the device; see {@link Rope}.
 *
 * @param pairing which elements form a pair
 * @param frequencies one angle per position for each pair
 * @param magnitude factor on cosine and sine
 */
public record RopeArrays(Rope.Pairing pairing, FloatArray frequencies, float magnitude) {
  /** The same rotation as an op's call names it. */
  public static RopeArrays of(Rope rope) {
    return new RopeArrays(
        rope.pairing(), FloatArray.fromArray(rope.frequencies()), rope.magnitude());
  }
}
