package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.scalar;

import io.firesteel.model.ops.Rope.Pairing;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Rotary position embedding in place (Su et al., "RoFormer", 2021): pair {@code i} of a head is
 * rotated by {@code position * frequencies[i]} and multiplied by {@code magnitude}. Turns are
 * reduced in double precision, since at far positions a float has no digits left for the angle.
 *
 * <p>One work item for each pair; no local memory. Moves 8 bytes a rotated element.
 */
public final class Rotate {
  private static final double TURN = 2 * Math.PI;

  private Rotate() {}

  /** A launch for {@code heads} heads of each row. */
  static KernelTask task(
      FloatArray x, RopeArrays rope, IntArray positions, int rows, int heads, int size) {
    int pairs = rope.frequencies().getSize();
    return KernelTask.of(
        Rotate.class,
        rope.pairing() == Pairing.NEOX ? "halves" : "neighbours",
        Geometry.ofItems(rows * heads * pairs),
        inOut(x),
        in(rope.frequencies()),
        in(positions),
        scalar(rows),
        scalar(heads),
        scalar(size),
        scalar(pairs),
        scalar(rope.magnitude()));
  }

  /** The kernel for pairs {@code (i, i + pairs)}, as in GPT-NeoX. */
  public static void halves(
      KernelContext context,
      FloatArray x,
      FloatArray frequencies,
      IntArray positions,
      int rows,
      int heads,
      int size,
      int pairs,
      float magnitude) {
    int i = context.globalIdx;
    if (i < rows * heads * pairs) {
      int pair = i % pairs;
      int head = i / pairs;
      float angle = angle(positions.get(head / heads), frequencies.get(pair));
      float cos = TornadoMath.cos(angle) * magnitude;
      float sin = TornadoMath.sin(angle) * magnitude;
      int first = head * size + pair;
      int second = first + pairs;
      float a = x.get(first);
      float b = x.get(second);
      x.set(first, a * cos - b * sin);
      x.set(second, a * sin + b * cos);
    }
  }

  /** The kernel for pairs {@code (2i, 2i + 1)}, as in Llama files. */
  public static void neighbours(
      KernelContext context,
      FloatArray x,
      FloatArray frequencies,
      IntArray positions,
      int rows,
      int heads,
      int size,
      int pairs,
      float magnitude) {
    int i = context.globalIdx;
    if (i < rows * heads * pairs) {
      int pair = i % pairs;
      int head = i / pairs;
      float angle = angle(positions.get(head / heads), frequencies.get(pair));
      float cos = TornadoMath.cos(angle) * magnitude;
      float sin = TornadoMath.sin(angle) * magnitude;
      int first = head * size + 2 * pair;
      float a = x.get(first);
      float b = x.get(first + 1);
      x.set(first, a * cos - b * sin);
      x.set(first + 1, a * sin + b * cos);
    }
  }

  private static float angle(int position, float frequency) {
    double turns = (double) position * frequency / TURN;
    return (float) ((turns - (int) turns) * TURN);
  }
}
