package io.firesteel.tornado.kernels;

import io.firesteel.loader.TensorType;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** RMSNorm, gate and up projections of the chosen experts, SwiGLU. */
public final class ExpertInOp {
  private ExpertInOp() {}

  /** Whether there is a kernel for gate and up weights of these types of the file. */
  public static boolean isSupported(TensorType gate, TensorType up) {
    boolean bothQuantised = Weights.QUANTISED.contains(gate) && Weights.QUANTISED.contains(up);
    return bothQuantised || (gate == up && Weights.isSupported(gate));
  }

  /**
   * The launches.
   *
   * @param x hidden state, {@code rows * hidden}
   * @param normed scratch for {@code rows * hidden} elements
   * @param experts chosen experts, {@code rows * active} ids; all 0 for a dense layer
   * @param activations output, {@code rows * active * width}
   */
  public static List<KernelTask> tasks(
      FloatArray x,
      FloatArray norm,
      float epsilon,
      Activations normed,
      IntArray experts,
      Weights gate,
      Weights up,
      FloatArray activations,
      int rows,
      int active) {
    List<KernelTask> tasks = new ArrayList<>();
    tasks.add(Gemv.norm(x, norm, normed, rows, gate.columns(), epsilon));
    tasks.addAll(afterNorm(normed, experts, gate, up, activations, rows, active));
    return tasks;
  }

  /**
   * The launches behind a router, which has normed and quantised the same rows with the same
   * weights already.
   */
  public static List<KernelTask> afterNorm(
      Activations normed,
      IntArray experts,
      Weights gate,
      Weights up,
      FloatArray activations,
      int rows,
      int active) {
    if (gate.isQuantised() != up.isQuantised()
        || (!gate.isQuantised() && gate.type() != up.type())) {
      throw new IllegalArgumentException(
          "gate is %s and up is %s, expected two quantised types or one type"
              .formatted(gate.type(), up.type()));
    }
    return List.of(
        switch (gate.type()) {
          case F32 ->
              FloatExpertIn.task(normed.floats(), experts, gate, up, activations, rows, active);
          case F16 ->
              HalfExpertIn.task(normed.floats(), experts, gate, up, activations, rows, active);
          default -> QuantExpertIn.task(normed, experts, gate, up, activations, rows, active);
        });
  }
}
