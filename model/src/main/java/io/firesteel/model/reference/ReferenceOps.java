package io.firesteel.model.reference;

import io.firesteel.loader.blocks.BlockCodec;
import io.firesteel.model.kv.KvCodec;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Ops;
import io.firesteel.model.ops.Rope;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.ops.Sample;
import io.firesteel.model.ops.WeightMatrix;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Sampler;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Every op in double precision, one row after the other, each written as its definition reads. Only
 * inputs, outputs and the KV cache are rounded to their formats.
 */
public final class ReferenceOps implements Ops {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public boolean supports(OpCall call) {
    return true;
  }

  @Override
  public void run(OpCall call) {
    for (int row = 0; row < call.rows(); row++) {
      run(call, row);
    }
  }

  private void run(OpCall call, int row) {
    switch (call) {
      case Embed c -> embed(c, row);
      case AttnIn c -> attnIn(c, row);
      case RopeKv c -> ropeKv(c, row);
      case Attention c -> attention(c, row);
      case AttnOut c -> attnOut(c, row);
      case Router c -> router(c, row);
      case ExpertIn c -> expertIn(c, row);
      case ExpertOut c -> expertOut(c, row);
      case Logits c -> logits(c, row);
      case Sample c -> sample(c, row);
    }
  }

  private static void sample(Sample c, int row) {
    c.tokens()[row] =
        new Sampler(c.parameters(), c.vocabulary())
            .sample(c.logits(), row * c.vocabulary(), History.of(c.recent()[row]), c.draws()[row]);
  }

  private static void embed(Embed c, int row) {
    store(weights(c.table(), c.tokens()[row]), c.x(), row);
  }

  private static void attnIn(AttnIn c, int row) {
    double[] n = norm(slice(c.x(), row, c.query().matrix().columns()), c.norm());
    store(project(c.query(), n), c.q(), row);
    store(project(c.key(), n), c.k(), row);
    store(project(c.value(), n), c.v(), row);
  }

  private static void ropeKv(RopeKv c, int row) {
    int size = c.heads().size();
    int position = c.at().positions()[row];
    for (int head = 0; head < c.heads().queries(); head++) {
      int at = row * c.heads().queries() + head;
      store(rotate(headNorm(slice(c.q(), at, size), c.queryNorm()), position, c.rope()), c.q(), at);
    }
    MemorySegment page = c.cache().page(c.at().page(row, position, c.cache().layout()));
    int slot = position % c.cache().layout().pageTokens();
    KvCodec codec = new KvCodec(c.cache().layout());
    for (int head = 0; head < c.heads().keyValues(); head++) {
      int at = row * c.heads().keyValues() + head;
      double[] key = rotate(headNorm(slice(c.k(), at, size), c.keyNorm()), position, c.rope());
      float[] rounded = new float[size];
      store(key, rounded, 0);
      codec.writeKey(page, head, slot, rounded, 0);
      codec.writeValue(page, head, slot, c.v(), at * size);
    }
  }

  private static double[] headNorm(double[] head, Norm norm) {
    return norm.weight().length == 0 ? head : norm(head, norm);
  }

  private static double[] rotate(double[] head, int position, Rope rope) {
    int pairs = rope.frequencies().length;
    double[] rotated = head.clone();
    for (int i = 0; i < pairs; i++) {
      int first = rope.pairing() == Rope.Pairing.NEOX ? i : 2 * i;
      int second = rope.pairing() == Rope.Pairing.NEOX ? i + pairs : 2 * i + 1;
      double angle = (double) position * rope.frequencies()[i];
      double cos = Math.cos(angle) * rope.magnitude();
      double sin = Math.sin(angle) * rope.magnitude();
      rotated[first] = head[first] * cos - head[second] * sin;
      rotated[second] = head[second] * cos + head[first] * sin;
    }
    return rotated;
  }

  private static void attention(Attention c, int row) {
    int size = c.heads().size();
    int last = c.at().positions()[row];
    int first = c.window() == 0 ? 0 : Math.max(0, last - c.window() + 1);
    for (int head = 0; head < c.heads().queries(); head++) {
      double[] q = slice(c.q(), row * c.heads().queries() + head, size);
      int kvHead = head / c.heads().group();
      double[] scores = new double[last - first + 1];
      for (int p = first; p <= last; p++) {
        scores[p - first] = c.scale() * dot(q, cached(c, row, p, kvHead, true));
      }
      double[] weights = softmax(scores);
      double[] out = new double[size];
      for (int p = first; p <= last; p++) {
        addScaled(out, weights[p - first], cached(c, row, p, kvHead, false));
      }
      store(out, c.out(), row * c.heads().queries() + head);
    }
  }

  private static double[] cached(Attention c, int row, int position, int kvHead, boolean key) {
    Rows at = c.at();
    MemorySegment page = c.cache().page(at.page(row, position, c.cache().layout()));
    int slot = position % c.cache().layout().pageTokens();
    float[] vector = new float[c.heads().size()];
    KvCodec codec = new KvCodec(c.cache().layout());
    if (key) {
      codec.readKeys(page, kvHead, slot, 1, vector, 0);
    } else {
      codec.readValues(page, kvHead, slot, 1, vector, 0);
    }
    return slice(vector, 0, vector.length);
  }

  private static void attnOut(AttnOut c, int row) {
    double[] in = slice(c.attention(), row, c.output().matrix().columns());
    add(project(c.output(), in), c.x(), row);
  }

  private static void router(Router c, int row) {
    double[] n = norm(slice(c.x(), row, c.gate().columns()), c.norm());
    Gating gating = c.gating();
    double[] gates = multiply(c.gate(), n);
    double[] scores =
        switch (gating.score()) {
          case SOFTMAX -> softmax(gates);
          case SIGMOID -> Arrays.stream(gates).map(g -> 1 / (1 + Math.exp(-g))).toArray();
        };
    int[] chosen =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer e) -> -scores[e]))
            .mapToInt(Integer::intValue)
            .limit(gating.active())
            .toArray();
    double sum =
        gating.weighting() == Gating.Weighting.NORMALIZED
            ? Arrays.stream(chosen).mapToDouble(e -> scores[e]).sum()
            : 1;
    for (int i = 0; i < chosen.length; i++) {
      c.experts()[row * chosen.length + i] = chosen[i];
      c.weights()[row * chosen.length + i] = (float) (scores[chosen[i]] / sum * gating.scale());
    }
  }

  private static void expertIn(ExpertIn c, int row) {
    double[] n = norm(slice(c.x(), row, c.gate().columns()), c.norm());
    for (int i = row * c.active(); i < (row + 1) * c.active(); i++) {
      double[] gate = multiply(c.gate().expert(c.experts()[i]), n);
      double[] up = multiply(c.up().expert(c.experts()[i]), n);
      double[] activations = new double[gate.length];
      for (int j = 0; j < gate.length; j++) {
        activations[j] = gate[j] / (1 + Math.exp(-gate[j])) * up[j];
      }
      store(activations, c.activations(), i);
    }
  }

  private static void expertOut(ExpertOut c, int row) {
    double[] sum = new double[c.down().rows()];
    for (int i = row * c.active(); i < (row + 1) * c.active(); i++) {
      double[] in = slice(c.activations(), i, c.down().columns());
      addScaled(sum, c.weights()[i], multiply(c.down().expert(c.experts()[i]), in));
    }
    add(sum, c.x(), row);
  }

  private static void logits(Logits c, int row) {
    double[] n = norm(slice(c.x(), row, c.output().columns()), c.norm());
    store(multiply(c.output(), n), c.logits(), row);
  }

  private static double[] project(AttnIn.Projection projection, double[] in) {
    double[] out = multiply(projection.matrix(), in);
    if (projection.bias().length > 0) {
      addScaled(out, 1, slice(projection.bias(), 0, out.length));
    }
    return out;
  }

  private static double[] multiply(WeightMatrix matrix, double[] in) {
    double[] out = new double[matrix.rows()];
    for (int row = 0; row < out.length; row++) {
      out[row] = dot(weights(matrix, row), in);
    }
    return out;
  }

  private static double[] weights(WeightMatrix matrix, int row) {
    float[] weights = new float[matrix.columns()];
    BlockCodec.of(matrix.type()).dequantise(matrix.row(row), 0, weights, 0, weights.length);
    return slice(weights, 0, weights.length);
  }

  private static double[] norm(double[] x, Norm norm) {
    double scale = 1 / Math.sqrt(dot(x, x) / x.length + norm.epsilon());
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x[i] * scale * norm.weight()[i];
    }
    return y;
  }

  private static double[] softmax(double[] x) {
    double largest = Arrays.stream(x).max().orElseThrow();
    double[] e = Arrays.stream(x).map(v -> Math.exp(v - largest)).toArray();
    double sum = Arrays.stream(e).sum();
    return Arrays.stream(e).map(v -> v / sum).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void addScaled(double[] target, double factor, double[] x) {
    for (int i = 0; i < target.length; i++) {
      target[i] += factor * x[i];
    }
  }

  /** Row {@code row} of a row-major array with rows of {@code width}. */
  private static double[] slice(float[] array, int row, int width) {
    double[] slice = new double[width];
    for (int i = 0; i < width; i++) {
      slice[i] = array[row * width + i];
    }
    return slice;
  }

  private static void store(double[] values, float[] target, int row) {
    for (int i = 0; i < values.length; i++) {
      target[row * values.length + i] = (float) values[i];
    }
  }

  private static void add(double[] values, float[] target, int row) {
    for (int i = 0; i < values.length; i++) {
      target[row * values.length + i] = (float) (target[row * values.length + i] + values[i]);
    }
  }
}
