package io.firesteel.tornado.kernels;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Output projection added to the hidden state. */
public final class AttnOutOp {
  private AttnOutOp() {}

  /**
   * The launches.
   *
   * @param attention attention output, {@code rows * output.weights().columns()}
   * @param x hidden state; added to in place
   */
  public static List<KernelTask> tasks(
      Activations attention, Projection output, FloatArray x, int rows) {
    Weights weights = output.weights();
    List<KernelTask> tasks =
        new ArrayList<>(Gemv.quantise(attention, rows * weights.columns(), weights));
    tasks.add(Gemv.add(weights, attention, output.bias(), x, rows));
    return tasks;
  }
}
