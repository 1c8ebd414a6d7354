package io.firesteel.tornado.engine;

import io.firesteel.loader.file.ByteSize;
import io.firesteel.model.arch.FeedForward;
import io.firesteel.model.arch.LayerWeights;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.WeightMatrix;
import io.firesteel.tornado.kernels.KvArrays;
import io.firesteel.tornado.sdk.TornadoSettings;

/** Finds out before any work whether a model fits on a device. */
final class Preflight {
  /** For kernels, the driver and activations, beyond weights and pages. */
  private static final long RESERVE_BYTES = 400_000_000;

  private Preflight() {}

  /** The cache's layout, if there are kernels for it. */
  static KvLayout layout(ModelWeights weights, EngineOptions options) throws EngineException {
    KvLayout layout =
        new KvLayout(
            options.kvFormat(),
            weights.config().heads().keyValues(),
            weights.config().heads().size(),
            options.pageTokens());
    if (!KvArrays.isSupported(layout)) {
      throw new EngineException(
          "the TornadoVM engine has no kernels for a "
              + options.kvFormat()
              + " cache with heads of "
              + layout.headSize()
              + "; choose --kv f16"
              + (options.kvFormat() == KvFormat.F16 ? " and a model with heads of 64 to 256" : ""));
    }
    return layout;
  }

  /** Refuses a model that does not fit, and says what would. */
  static void check(
      ModelWeights weights,
      KvLayout layout,
      int pages,
      String device,
      long memoryBytes,
      TornadoSettings settings)
      throws EngineException {
    long usable = Math.min(memoryBytes, settings.deviceMemory().orElse(memoryBytes));
    long reserve = Math.min(RESERVE_BYTES, usable / 8);
    long model = weightBytes(weights);
    long cache = weights.layers().size() * (long) pages * layout.pageBytes();
    if (model + cache + reserve <= usable) {
      return;
    }
    long perToken = weights.layers().size() * layout.pageBytes() / layout.pageTokens();
    long tokens = (usable - model - reserve) / perToken;
    boolean limited = settings.deviceMemory().isPresent() && usable < memoryBytes;
    throw new EngineException(
        "not enough memory on %s: the weights take %s, a cache of %d positions %s, and %s are %s; %s"
            .formatted(
                device,
                ByteSize.format(model),
                pages * layout.pageTokens(),
                ByteSize.format(cache),
                ByteSize.format(usable),
                limited ? "allowed by tornado.device.memory" : "there",
                tokens >= layout.pageTokens()
                    ? "a context of at most " + tokens + " positions fits"
                    : limited
                        ? "raise tornado.device.memory, or choose a smaller model"
                        : "choose a smaller or more strongly quantised model"));
  }

  /**
   * Refuses a model whose weights and cache, of which the host keeps a copy, are more than Java may
   * allocate.
   *
   * @param allowed bytes that Java may allocate outside of its heap
   */
  static void checkHost(ModelWeights weights, KvLayout layout, int pages, long allowed)
      throws EngineException {
    long needed = hostBytes(weights, layout, pages);
    if (needed > allowed) {
      throw hostRefusal(needed, allowed, null);
    }
  }

  /** What to say where the host's memory did not suffice. */
  static EngineException hostRefusal(long needed, long allowed, Throwable cause) {
    return new EngineException(
        "not enough memory of the host: weights and cache take %s outside of Java's heap, %s are allowed; start Java with -XX:MaxDirectMemorySize=%dm, as ./firesteel does within the machine's memory, or choose a smaller model, a smaller context or another engine"
            .formatted(
                ByteSize.format(needed),
                ByteSize.format(allowed),
                (needed + needed / 8 >> 20) + 256),
        cause);
  }

  /** Bytes of a model's weights and pages. */
  static long hostBytes(ModelWeights weights, KvLayout layout, int pages) {
    return weightBytes(weights) + weights.layers().size() * (long) pages * layout.pageBytes();
  }

  /** Bytes of all matrices. */
  static long weightBytes(ModelWeights weights) {
    long bytes = bytes(weights.embedding()) + bytes(weights.output());
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
