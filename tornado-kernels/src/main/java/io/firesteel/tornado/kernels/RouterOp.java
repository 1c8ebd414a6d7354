package io.firesteel.tornado.kernels;

import io.firesteel.model.ops.Gating;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** RMSNorm, gate outputs in float32, choice of experts. */
public final class RouterOp {
  private RouterOp() {}

  /** Largest number of experts. */
  public static final int MAX_EXPERTS = 512;

  /**
   * The launches.
   *
   * @param normed scratch for {@code rows * hidden} elements, left as {@link Gemv#norm} leaves it
   * @param gate one row for each expert, F32 or F16: {@link Weights#widened} makes it from any type
   * @param gates scratch for {@code rows * experts} gate outputs
   * @param experts output, {@code rows * gating.active()} ids by falling score
   * @param weights output, as many weights
   */
  public static List<KernelTask> tasks(
      FloatArray x,
      FloatArray norm,
      float epsilon,
      Activations normed,
      Projection gate,
      FloatArray gates,
      Gating gating,
      IntArray experts,
      FloatArray weights,
      int rows) {
    Weights w = gate.weights();
    if (w.isQuantised()) {
      throw new IllegalArgumentException(
          "gate of type " + w.type() + ", expected F32 or F16: widen it first");
    }
    List<KernelTask> tasks = new ArrayList<>();
    if (NormGates.fits(w)) {
      tasks.add(NormGates.task(x, norm, epsilon, normed, gate, gates, rows));
    } else {
      tasks.add(Gemv.norm(x, norm, normed, rows, w.columns(), epsilon));
      tasks.add(Gemv.assign(w, normed, gate.bias(), gates, rows));
    }
    tasks.add(TopK.task(gates, gating, experts, weights, rows, w.rows()));
    return tasks;
  }
}
