package io.firesteel.model.synthetic;

import io.firesteel.loader.TensorSpec;

/**
 * A tensor that will be written.
 *
 * @param spec name, type and shape
 * @param contents what its values are
 */
record PlannedTensor(TensorSpec spec, Contents contents) {
  /** Values of a tensor. */
  sealed interface Contents {
    /**
     * Random values.
     *
     * @param mean their mean, 0 for all types but F32
     * @param deviation their standard deviation
     */
    record Random(double mean, double deviation) implements Contents {}

    /** Given values of an F32 tensor. */
    record Fixed(float[] values) implements Contents {}
  }
}
