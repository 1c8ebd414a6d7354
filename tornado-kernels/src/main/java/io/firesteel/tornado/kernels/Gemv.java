package io.firesteel.tornado.kernels;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The kernels for products with weights of any type. */
final class Gemv {
  private Gemv() {}

  /** Norm of rows, quantised too where their width allows that. */
  static KernelTask norm(
      FloatArray x, FloatArray weight, Activations normed, int rows, int width, float epsilon) {
    return width % 32 == 0
        ? NormQuantise.task(x, weight, normed, rows, width, epsilon)
        : RmsNorm.task(x, weight, normed.floats(), rows, width, epsilon);
  }

  /** Quantises activations if any of the weights needs that. */
  static List<KernelTask> quantise(Activations a, int count, Weights... weights) {
    List<KernelTask> tasks = new ArrayList<>();
    for (Weights w : weights) {
      if (w.isQuantised() && tasks.isEmpty()) {
        tasks.add(Quantise.task(a.floats(), a.quants(), a.scales(), count));
      }
    }
    return tasks;
  }

  /** {@code y = W a + bias}. */
  static KernelTask assign(Weights w, Activations a, FloatArray bias, FloatArray y, int rows) {
    return switch (w.type()) {
      case F32 -> FloatGemv.assign(w, a.floats(), bias, y, rows);
      case F16 -> HalfGemv.assign(w, a.floats(), bias, y, rows);
      default -> QuantGemv.assign(w, a, bias, y, rows);
    };
  }

  /** {@code y += W a + bias}. */
  static KernelTask add(Weights w, Activations a, FloatArray bias, FloatArray y, int rows) {
    return switch (w.type()) {
      case F32 -> FloatGemv.add(w, a.floats(), bias, y, rows);
      case F16 -> HalfGemv.add(w, a.floats(), bias, y, rows);
      default -> QuantGemv.add(w, a, bias, y, rows);
    };
  }
}
