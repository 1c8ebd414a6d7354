package io.firesteel.tornado.kernels;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Down projections of the chosen experts, weighted and added to the hidden state. */
public final class ExpertOutOp {
  private ExpertOutOp() {}

  /**
   * The launches.
   *
   * @param activations {@code rows * active * width} elements
   * @param experts chosen experts, {@code rows * active} ids; all 0 for a dense layer
   * @param weights their weights; all 1 for a dense layer
   * @param x hidden state; added to in place
   */
  public static List<KernelTask> tasks(
      Activations activations,
      IntArray experts,
      FloatArray weights,
      Weights down,
      FloatArray x,
      int rows,
      int active) {
    List<KernelTask> tasks =
        new ArrayList<>(Gemv.quantise(activations, rows * active * down.columns(), down));
    tasks.add(
        switch (down.type()) {
          case F32 ->
              FloatExpertOut.task(activations.floats(), experts, weights, down, x, rows, active);
          case F16 ->
              HalfExpertOut.task(activations.floats(), experts, weights, down, x, rows, active);
          default -> QuantExpertOut.task(activations, experts, weights, down, x, rows, active);
        });
    return tasks;
  }
}
