package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import io.firesteel.loader.TensorType;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link NormQuantise} and the router's gate outputs in one launch, for float32 gates: the norm
 * divides a row by one number, so that {@code gate = (Σ x w g) / norm + bias} needs no normed row,
 * and the launches need not wait for each other.
 *
 * <p>One group of 512 work items for each row and expert, and one that writes the normed row. Local
 * memory 8 KiB. Moves 4 bytes a gate weight, and what {@link NormQuantise} moves.
 */
public final class NormGates {
  private static final int GROUP = NormQuantise.GROUP;
  private static final int QUAD = NormQuantise.QUAD;

  private NormGates() {}

  /** Whether the gates can be computed beside the norm. */
  static boolean fits(Weights gate) {
    return gate.type() == TensorType.F32 && gate.columns() % 32 == 0;
  }

  /**
   * A launch for {@code rows} rows.
   *
   * @param normed output: floats, quants, scales and sums of the normed rows
   * @param gates output, one for each row and expert
   */
  static KernelTask task(
      FloatArray x,
      FloatArray weight,
      float epsilon,
      Activations normed,
      Projection gate,
      FloatArray gates,
      int rows) {
    int experts = gate.weights().rows();
    return KernelTask.of(
        NormGates.class,
        "normGates",
        new Geometry(rows * (experts + 1), GROUP),
        in(x),
        in(weight),
        in(gate.weights().floats()),
        in(gate.bias()),
        out(normed.floats()),
        out(normed.quants()),
        out(normed.scales()),
        out(gates),
        scalar(experts),
        scalar(gate.weights().columns()),
        scalar(epsilon));
  }

  /** The kernel. */
  public static void normGates(
      KernelContext context,
      FloatArray x,
      FloatArray weight,
      FloatArray gate,
      FloatArray bias,
      FloatArray out,
      IntArray q,
      FloatArray scales,
      FloatArray gates,
      int experts,
      int width,
      float epsilon) {
    int item = context.localIdx;
    int row = context.groupIdx / (experts + 1);
    int expert = context.groupIdx % (experts + 1);
    int from = row * width;
    float[] squares = context.allocateFloatLocalArray(GROUP);
    float[] products = context.allocateFloatLocalArray(GROUP);
    // The group that writes the row computes the first expert's products for nothing.
    int line = expert < experts ? expert * width : 0;
    float square = 0;
    float product = 0;
    for (int i = QUAD * item; i < width; i += QUAD * GROUP) {
      float x0 = x.get(from + i);
      float x1 = x.get(from + i + 1);
      float x2 = x.get(from + i + 2);
      float x3 = x.get(from + i + 3);
      square += x0 * x0 + x1 * x1 + (x2 * x2 + x3 * x3);
      float p0 = x0 * weight.get(i) * gate.get(line + i);
      float p1 = x1 * weight.get(i + 1) * gate.get(line + i + 1);
      float p2 = x2 * weight.get(i + 2) * gate.get(line + i + 2);
      float p3 = x3 * weight.get(i + 3) * gate.get(line + i + 3);
      product += p0 + p1 + (p2 + p3);
    }
    squares[item] = square;
    products[item] = product;
    for (int stride = GROUP / 2; stride > 0; stride >>= 1) {
      context.localBarrier();
      if (item < stride) {
        squares[item] += squares[item + stride];
        products[item] += products[item + stride];
      }
    }
    context.localBarrier();
    float scale = 1 / TornadoMath.sqrt(squares[0] / width + epsilon);
    if (expert < experts) {
      if (item == 0) {
        gates.set(row * experts + expert, products[0] * scale + bias.get(expert));
      }
    } else {
      NormQuantise.scaled(context, x, weight, out, q, scales, from, width, scale);
    }
  }
}
