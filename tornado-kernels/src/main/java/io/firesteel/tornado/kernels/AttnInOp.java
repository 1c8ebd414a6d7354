package io.firesteel.tornado.kernels;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * RMSNorm, then the query, key and value projections: a norm that quantises the activations too,
 * and the products, in one launch where all weights are quantised and there is no bias.
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
    tasks.add(Gemv.norm(x, norm, normed, rows, hidden, epsilon));
    if (QuantProjections.fits(query, key, value)) {
      tasks.add(
          QuantProjections.task(
              query.weights(), key.weights(), value.weights(), normed, q, k, v, rows));
      return tasks;
    }
    tasks.add(Gemv.assign(query.weights(), normed, query.bias(), q, rows));
    tasks.add(Gemv.assign(key.weights(), normed, key.bias(), k, rows));
    tasks.add(Gemv.assign(value.weights(), normed, value.bias(), v, rows));
    return tasks;
  }
}
