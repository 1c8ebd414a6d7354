package io.firesteel.tornado.kernels;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * RMSNorm, then the query, key and value projections: a norm, where weights are quantised one
 * quantisation of the activations, and a product for each matrix.
 */
public final class AttnInOp {
  private AttnInOp() {}

  /**
   * The launches.
   *
   * @param x hidden state, {@code rows * hidden}
   * @param normed scratch for {@code rows * hidden} elements
   * @param q output; {@code k} and {@code v} likewise
   */
  public static List<KernelTask> tasks(
      FloatArray x,
      FloatArray norm,
      float epsilon,
      Activations normed,
      Projection query,
      Projection key,
      Projection value,
      FloatArray q,
      FloatArray k,
      FloatArray v,
      int rows) {
    int hidden = query.weights().columns();
    List<KernelTask> tasks = new ArrayList<>();
    tasks.add(RmsNorm.task(x, norm, normed.floats(), rows, hidden, epsilon));
    tasks.addAll(
        Gemv.quantise(normed, rows * hidden, query.weights(), key.weights(), value.weights()));
    tasks.add(Gemv.assign(query.weights(), normed, query.bias(), q, rows));
    tasks.add(Gemv.assign(key.weights(), normed, key.bias(), k, rows));
    tasks.add(Gemv.assign(value.weights(), normed, value.bias(), v, rows));
    return tasks;
  }
}
