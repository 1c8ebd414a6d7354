package io.firesteel.tornado.example;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import io.firesteel.tornado.kernels.Geometry;
import io.firesteel.tornado.kernels.KernelTask;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * GELU with tanh, {@code y = x / 2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))} (Hendrycks and Gimpel,
 * "Gaussian Error Linear Units", 2016): the worked example of {@code docs/writing-kernels.md}.
 *
 * <p>One work item for each element; no local memory. Moves 8 bytes an element.
 */
public final class Gelu {
  private static final float ROOT = 0.7978846f;
  private static final float CUBIC = 0.044715f;

  private Gelu() {}

  /** A launch for {@code count} elements. */
  public static KernelTask task(FloatArray x, FloatArray y, int count) {
    return KernelTask.of(Gelu.class, "gelu", Geometry.ofItems(count), in(x), out(y), scalar(count));
  }

  /** The kernel. */
  public static void gelu(KernelContext context, FloatArray x, FloatArray y, int count) {
    int i = context.globalIdx;
    if (i < count) {
      y.set(i, value(x.get(i)));
    }
  }

  /** The same in the loop form: TornadoVM makes a work item of each iteration. */
  public static void geluLoop(FloatArray x, FloatArray y) {
    for (@Parallel int i = 0; i < x.getSize(); i++) {
      y.set(i, value(x.get(i)));
    }
  }

  /** tanh(z) as 1 - 2 / (exp(2z) + 1), which is right at both ends. */
  private static float value(float x) {
    float z = ROOT * (x + CUBIC * x * x * x);
    float tanh = 1 - 2 / (TornadoMath.exp(2 * z) + 1);
    return x / 2 * (1 + tanh);
  }
}
