package io.firesteel.bench.measure;

import io.firesteel.model.arch.FeedForward;
import io.firesteel.model.arch.FeedForward.Mixture;
import io.firesteel.model.arch.FeedForward.Swiglu;
import io.firesteel.model.arch.LayerWeights;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.WeightMatrix;

/**
 * The bytes that a decode step must read from memory: its floor of time on a device whose read rate
 * is known. Weights in their stored form, each once for a step; of a mixture only the experts that
 * are chosen; keys and values of all positions that attention sees.
 */
public final class DecodeTraffic {
  private final ModelWeights weights;
  private final double tokenOfCache;

  /**
   * The traffic of a model.
   *
   * @param format how keys and values are stored
   */
  public DecodeTraffic(ModelWeights weights, KvFormat format) {
    this.weights = weights;
    ModelConfig config = weights.config();
    int page = 32;
    KvLayout layout = new KvLayout(format, config.heads().keyValues(), config.heads().size(), page);
    tokenOfCache = (double) layout.pageBytes() / page * config.layers();
  }

  /**
   * Bytes of one step.
   *
   * @param context positions in the cache of each sequence
   * @param batch sequences of the step, each of which chooses its experts as if by chance
   */
  public double bytes(int context, int batch) {
    double sum = bytes(weights.output()) + batch * (double) weights.embedding().rowBytes();
    for (LayerWeights layer : weights.layers()) {
      sum += bytes(layer.query().matrix()) + bytes(layer.key().matrix());
      sum += bytes(layer.value().matrix()) + bytes(layer.attentionOutput().matrix());
      sum += bytes(layer.feedForward(), batch);
    }
    int window = weights.config().window();
    int seen = window > 0 ? Math.min(window, context) : context;
    return sum + batch * seen * tokenOfCache;
  }

  private static double bytes(FeedForward layer, int batch) {
    return switch (layer) {
      case FeedForward.Dense dense -> bytes(dense.experts());
      case Mixture m ->
          bytes(m.router())
              + bytes(m.experts()) * share(m, batch)
              + m.shared().map(shared -> bytes(shared.expert())).orElse(0.0);
    };
  }

  /** Expected share of the experts that at least one of the sequences chooses. */
  private static double share(Mixture layer, int batch) {
    double each = (double) layer.gating().active() / layer.experts().gate().experts();
    return 1 - Math.pow(1 - each, batch);
  }

  private static double bytes(Swiglu swiglu) {
    return bytes(swiglu.gate()) + bytes(swiglu.up()) + bytes(swiglu.down());
  }

  private static double bytes(WeightMatrix matrix) {
    return matrix.data().byteSize();
  }

  private static double bytes(ExpertMatrix matrix) {
    return matrix.data().byteSize();
  }
}
