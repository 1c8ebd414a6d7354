package io.firesteel.model.cpu;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.Norm;

/**
 * The inner loops of the ops. Both implementations give the same bits: {@link ScalarArithmetic}
 * takes one lane of a vector after the other, in the order in which {@link VectorArithmetic} adds
 * them up.
 */
sealed interface Arithmetic permits ScalarArithmetic, VectorArithmetic {

  /** Dot products of a tile of weight rows with rows of activations; see {@link DotKernel#tile}. */
  void tile(float[] w, int rows, int stride, float[] x, int[] at, int count, float[] out);

  /** How rows of a type are dequantised. */
  RowDecoder decoder(TensorType type);

  /** How blocks of a type are unpacked to be multiplied as they are; null where they are not. */
  QuantUnpacker unpacker(TensorType type);

  /** RMSNorm of one vector; see {@link NormKernel#apply}. */
  void norm(float[] x, int from, int size, Norm norm, float[] out, int to);

  /** {@code gate[i] = silu(gate[i]) * up[i]}; see {@link VectorMath#swiglu}. */
  void swiglu(float[] gate, float[] up, int count);

  /**
   * {@code x[i] = exp(x[i] - most)} for {@code count} elements from {@code at}, whole vectors.
   *
   * @return their sum, lane by lane
   */
  float exponentials(float[] x, int at, int count, float most);

  /**
   * {@code out[q · size + d] = Σ_t weights[q · pitch + t] · values[t · size + d]}, in rising order
   * of t with fused multiply-adds.
   *
   * @param queries rows of weights and outputs
   * @param from first t
   * @param to end of t, exclusive
   * @param size elements of a value, an even number of vectors
   */
  void weigh(
      float[] weights,
      int pitch,
      int queries,
      float[] values,
      int from,
      int to,
      int size,
      float[] out);
}
