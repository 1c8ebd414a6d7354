package io.firesteel.model.cpu;

import io.firesteel.model.arch.ModelConfig;

/**
 * The activations of a step.
 *
 * @param rows rows of the step
 * @param x hidden state
 * @param q queries
 * @param k keys
 * @param v values
 * @param attention attention output
 */
record StepBuffers(int rows, float[] x, float[] q, float[] k, float[] v, float[] attention) {
  StepBuffers(ModelConfig config, int rows) {
    this(
        rows,
        new float[rows * config.hidden()],
        new float[rows * config.heads().queryWidth()],
        new float[rows * config.heads().keyValueWidth()],
        new float[rows * config.heads().keyValueWidth()],
        new float[rows * config.heads().queryWidth()]);
  }

  long bytes() {
    return (long) Float.BYTES * (x.length + q.length + k.length + v.length + attention.length);
  }
}
