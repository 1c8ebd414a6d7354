package io.firesteel.tornado.kernels;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Final RMSNorm and output head. */
public final class LogitsOp {
  private LogitsOp() {}

  /**
   * The launches.
   *
   * @param normed scratch for {@code rows * hidden} elements
   * @param output the head, without bias
   * @param logits output, {@code rows * vocabulary}
   */
  public static List<KernelTask> tasks(
      FloatArray x,
      FloatArray norm,
      float epsilon,
      Activations normed,
      Projection output,
      FloatArray logits,
      int rows) {
    Weights weights = output.weights();
    List<KernelTask> tasks = new ArrayList<>();
    tasks.add(Gemv.norm(x, norm, normed, rows, weights.columns(), epsilon));
    tasks.add(Gemv.assign(weights, normed, output.bias(), logits, rows));
    return tasks;
  }
}
