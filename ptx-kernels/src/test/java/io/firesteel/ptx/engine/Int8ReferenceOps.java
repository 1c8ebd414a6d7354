package io.firesteel.ptx.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnIn.Projection;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Ops;
import io.firesteel.model.ops.WeightMatrix;
import io.firesteel.model.reference.ReferenceOps;
import java.util.Arrays;

/**
 * The products as the kernels define them: activations in runs of 32 rounded to 8 bits with one
 * scale, products with quantised weights exact. What the kernels compute differs from this only by
 * the rounding of their float sums.
 */
final class Int8ReferenceOps implements Ops {
  private static final int RUN = 32;
  private static final int LARGEST = 127;

  private final ReferenceOps exact = new ReferenceOps();

  @Override
  public String name() {
    return "int8 reference";
  }

  @Override
  public boolean supports(OpCall call) {
    return switch (call) {
      case AttnIn c ->
          isQuantised(c.query().matrix().type())
              && isQuantised(c.key().matrix().type())
              && isQuantised(c.value().matrix().type());
      case AttnOut c -> isQuantised(c.output().matrix().type());
      case Logits c -> isQuantised(c.output().type());
      case ExpertIn c -> isQuantised(c.gate().type()) && isQuantised(c.up().type());
      case ExpertOut c -> isQuantised(c.down().type());
      default -> false;
    };
  }

  private static boolean isQuantised(TensorType type) {
    return type.blockSize() > 1;
  }

  @Override
  public void run(OpCall call) {
    switch (call) {
      case AttnIn c -> {
        float[] n = rounded(normed(c.x(), c.norm()));
        linear(c.query(), n, c.q());
        linear(c.key(), n, c.k());
        linear(c.value(), n, c.v());
      }
      case AttnOut c -> exact.run(new AttnOut(rounded(c.attention()), c.output(), c.x()));
      case Logits c ->
          linear(new Projection(c.output()), rounded(normed(c.x(), c.norm())), c.logits());
      case ExpertIn c -> expertIn(c);
      case ExpertOut c -> expertOut(c);
      default -> throw new UnsupportedOperationException(call.op().label());
    }
  }

  private void linear(Projection projection, float[] in, float[] out) {
    Arrays.fill(out, 0);
    exact.run(new AttnOut(in, projection, out));
  }

  private void expertIn(ExpertIn c) {
    int hidden = c.gate().columns();
    int width = c.gate().rows();
    float[] n = rounded(normed(c.x(), c.norm()));
    for (int i = 0; i < c.experts().length; i++) {
      int row = i / c.active();
      float[] in = Arrays.copyOfRange(n, row * hidden, (row + 1) * hidden);
      float[] gate = product(c.gate().expert(c.experts()[i]), in);
      float[] up = product(c.up().expert(c.experts()[i]), in);
      for (int j = 0; j < width; j++) {
        c.activations()[i * width + j] = (float) (gate[j] / (1 + Math.exp(-gate[j])) * up[j]);
      }
    }
  }

  private void expertOut(ExpertOut c) {
    int width = c.down().columns();
    int hidden = c.down().rows();
    float[] scaled = new float[c.activations().length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = c.activations()[i] * c.weights()[i / width];
    }
    float[] in = rounded(scaled);
    for (int i = 0; i < c.experts().length; i++) {
      float[] part =
          product(
              c.down().expert(c.experts()[i]), Arrays.copyOfRange(in, i * width, (i + 1) * width));
      for (int j = 0; j < hidden; j++) {
        c.x()[i / c.active() * hidden + j] += part[j];
      }
    }
  }

  private float[] product(WeightMatrix matrix, float[] in) {
    float[] out = new float[matrix.rows()];
    linear(new Projection(matrix), in, out);
    return out;
  }

  private static float[] normed(float[] x, Norm norm) {
    int width = norm.weight().length;
    float[] n = new float[x.length];
    for (int row = 0; row < x.length; row += width) {
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += (double) x[row + i] * x[row + i];
      }
      double scale = 1 / Math.sqrt(sum / width + norm.epsilon());
      for (int i = 0; i < width; i++) {
        n[row + i] = (float) (x[row + i] * scale * norm.weight()[i]);
      }
    }
    return n;
  }

  private static float[] rounded(float[] x) {
    float[] result = new float[x.length];
    for (int from = 0; from < x.length; from += RUN) {
      float largest = 0;
      for (int i = from; i < from + RUN; i++) {
        largest = Math.max(largest, Math.abs(x[i]));
      }
      for (int i = from; i < from + RUN; i++) {
        result[i] =
            largest == 0
                ? 0
                : (float) (Math.rint(x[i] * (LARGEST / largest)) * ((double) largest / LARGEST));
      }
    }
    return result;
  }
}
