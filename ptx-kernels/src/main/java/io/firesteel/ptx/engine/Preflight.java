package io.firesteel.ptx.engine;

import io.firesteel.loader.file.ByteSize;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.FeedForward;
import io.firesteel.model.arch.LayerWeights;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.WeightMatrix;

/**
 * Finds out before any work whether a model fits on a device: everything is allocated once on a
 * device that only counts.
 */
final class Preflight {
  /** Device memory for the kernels' code and recorded steps. */
  private static final long RESERVE_BYTES = 150_000_000;

  private Preflight() {}

  /** Refuses a model that does not fit, and says what would. */
  static void check(KernelDevice device, ModelWeights weights, EngineOptions options)
      throws EngineException {
    KvLayout layout = layout(weights.config(), options);
    long perToken = Math.ceilDiv(layers(weights) * layout.pageBytes(), layout.pageTokens());
    long pages = layers(weights) * layout.pagesFor(options.cacheTokens()) * layout.pageBytes();
    long all = deviceBytes(device, weights, options);
    long free = device.freeBytes();
    long reserve = Math.min(RESERVE_BYTES, free / 8);
    if (all + reserve <= free) {
      return;
    }
    long tokens = (free - (all - pages) - reserve) / perToken;
    String fits =
        tokens >= layout.pageTokens()
            ? "a context of at most "
                + tokens
                + " positions fits"
                + (options.kvFormat() == KvFormat.F16
                    ? ", about twice as many with a Q8 cache"
                    : "")
            : "choose a smaller or more strongly quantised model";
    throw new EngineException(
        "not enough memory on "
            + device.description()
            + ": the weights take "
            + ByteSize.format(weightBytes(weights))
            + ", a cache of "
            + options.cacheTokens()
            + " positions "
            + ByteSize.format(pages)
            + ", activations "
            + ByteSize.format(Math.max(0, all - pages - weightBytes(weights)))
            + ", and "
            + ByteSize.format(free)
            + " are free; "
            + fits
            + ".");
  }

  /** Bytes of device memory that an engine takes, kernels and recorded steps not counted. */
  static long deviceBytes(KernelDevice device, ModelWeights weights, EngineOptions options) {
    CountingDevice counting = new CountingDevice(device);
    PtxEngine.upload(counting, weights, options, Progress.NONE);
    return counting.bytes();
  }

  static KvLayout layout(ModelConfig config, EngineOptions options) {
    return new KvLayout(
        options.kvFormat(),
        config.heads().keyValues(),
        config.heads().size(),
        options.pageTokens());
  }

  private static long layers(ModelWeights weights) {
    return weights.layers().size();
  }

  /** Bytes of all matrices. */
  static long weightBytes(ModelWeights weights) {
    boolean tied = weights.output().data().equals(weights.embedding().data());
    long bytes = bytes(weights.embedding()) + (tied ? 0 : bytes(weights.output()));
    for (LayerWeights layer : weights.layers()) {
      bytes +=
          bytes(layer.query().matrix())
              + bytes(layer.key().matrix())
              + bytes(layer.value().matrix())
              + bytes(layer.attentionOutput().matrix())
              + bytes(layer.feedForward());
    }
    return bytes;
  }

  private static long bytes(FeedForward feedForward) {
    return switch (feedForward) {
      case FeedForward.Dense dense -> bytes(dense.experts());
      case FeedForward.Mixture mixture ->
          bytes(mixture.experts())
              + bytes(mixture.router())
              + mixture
                  .shared()
                  .map(s -> bytes(s.expert()) + s.gate().map(Preflight::bytes).orElse(0L))
                  .orElse(0L);
    };
  }

  private static long bytes(FeedForward.Swiglu swiglu) {
    return swiglu.gate().data().byteSize()
        + swiglu.up().data().byteSize()
        + swiglu.down().data().byteSize();
  }

  private static long bytes(WeightMatrix matrix) {
    return matrix.data().byteSize();
  }
}
