package io.firesteel.model.cpu;

import io.firesteel.model.arch.FeedForward;
import io.firesteel.model.arch.FeedForward.Mixture;
import io.firesteel.model.arch.FeedForward.SharedExpert;
import io.firesteel.model.arch.FeedForward.Swiglu;
import io.firesteel.model.arch.LayerWeights;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.HiddenStates;
import io.firesteel.model.engine.KvStorage;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.KvPool;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.WeightMatrix;
import java.util.Arrays;
import java.util.Optional;

/**
 * Runs a model on the CPU, op by op. Results of a row do not depend on the other rows of the step,
 * nor on the number of threads, to the bit.
 */
final class CpuEngine implements Engine {
  private static final Gating SHARED_GATE =
      new Gating(Gating.Score.SIGMOID, 1, Gating.Weighting.AS_SCORED, 1);

  /**
   * Multiplications that an engine does in scalar code before it goes over to vectors: enough for a
   * short answer of a small model, and little time for any. A larger first step is long enough to
   * get its loops compiled under way.
   */
  private static final long SCALAR_WORK = 1L << 29;

  private final ModelWeights weights;
  private final long rowWork;
  private final EngineOptions options;
  private final CpuOps ops;
  private final CpuKvStorage kv;
  private StepBuffers buffers;
  private long scalarWorkLeft = SCALAR_WORK;
  private boolean scalar;
  private boolean closed;

  CpuEngine(ModelWeights weights, EngineOptions options) {
    this.weights = weights;
    rowWork = rowWork(weights);
    this.options = options;
    ModelConfig config = weights.config();
    KvLayout layout =
        new KvLayout(
            options.kvFormat(),
            config.heads().keyValues(),
            config.heads().size(),
            options.pageTokens());
    kv = new CpuKvStorage(layout, config.layers(), layout.pagesFor(options.cacheTokens()));
    ops = new CpuOps(options.threads());
    buffers = new StepBuffers(config, 1);
  }

  @Override
  public String name() {
    return CpuEngineProvider.NAME;
  }

  @Override
  public String device() {
    return CpuEngineProvider.device(options.threads());
  }

  @Override
  public KvStorage kv() {
    return kv;
  }

  @Override
  public boolean runsOnAnyThread() {
    return true;
  }

  @Override
  public int maxRows() {
    return options.maxRows();
  }

  @Override
  public int vocabulary() {
    return weights.config().vocabulary();
  }

  @Override
  public void forward(Batch batch, float[] logits) {
    check(batch, "logits", logits, vocabulary());
    layers(batch);
    logits(batch.logitRows(), logits);
  }

  @Override
  public Optional<HiddenStates> hiddenStates() {
    return Optional.of(
        (batch, states) -> {
          check(batch, "states", states, weights.config().hidden());
          layers(batch);
          copyStates(batch.logitRows(), states);
        });
  }

  private void check(Batch batch, String name, float[] output, int width) {
    checkOpen();
    int rows = batch.rows().count();
    if (rows > maxRows()) {
      throw new IllegalArgumentException(
          "batch has " + rows + " rows, expected at most " + maxRows());
    }
    if (output.length != (long) batch.logitRows().length * width) {
      throw new IllegalArgumentException(
          "%s has %d elements, expected %d rows of %d"
              .formatted(name, output.length, batch.logitRows().length, width));
    }
  }

  private void layers(Batch batch) {
    int rows = batch.rows().count();
    if (buffers.rows() != rows) {
      buffers = new StepBuffers(weights.config(), rows);
    }
    scalarWorkLeft -= rows * rowWork;
    scalar = scalarWorkLeft >= 0;
    run(new Embed(weights.embedding(), batch.tokens(), buffers.x()));
    for (int i = 0; i < weights.layers().size(); i++) {
      LayerWeights layer = weights.layers().get(i);
      attention(layer, kv.layer(i), batch);
      feedForward(layer.feedForward());
    }
  }

  private void run(OpCall call) {
    if (scalar) {
      ops.runScalar(call);
    } else {
      ops.run(call);
    }
  }

  private void attention(LayerWeights layer, KvPool cache, Batch batch) {
    ModelConfig config = weights.config();
    StepBuffers b = buffers;
    run(
        new AttnIn(
            b.x(),
            layer.attentionNorm(),
            layer.query(),
            layer.key(),
            layer.value(),
            b.q(),
            b.k(),
            b.v()));
    run(
        new RopeKv(
            config.heads(),
            b.q(),
            b.k(),
            b.v(),
            layer.queryNorm(),
            layer.keyNorm(),
            config.rope(),
            batch.rows(),
            cache));
    run(
        new Attention(
            config.heads(),
            b.q(),
            cache,
            batch.rows(),
            config.attentionScale(),
            config.window(),
            b.attention()));
    run(new AttnOut(b.attention(), layer.attentionOutput(), b.x()));
  }

  private void feedForward(FeedForward layer) {
    switch (layer) {
      case FeedForward.Dense dense -> {
        int[] experts = new int[buffers.rows()];
        experts(dense.norm(), dense.experts(), buffers.x(), experts, ones(buffers.rows()));
      }
      case Mixture mixture -> mixture(mixture);
    }
  }

  private void mixture(Mixture mixture) {
    int rows = buffers.rows();
    int active = mixture.gating().active();
    int[] experts = new int[rows * active];
    float[] expertWeights = new float[rows * active];
    float[] x = mixture.shared().isPresent() ? buffers.x().clone() : buffers.x();
    run(new Router(x, mixture.norm(), mixture.router(), mixture.gating(), experts, expertWeights));
    experts(mixture.norm(), mixture.experts(), x, experts, expertWeights);
    mixture.shared().ifPresent(shared -> shared(mixture.norm(), shared, x));
  }

  /** Adds the shared expert's output; {@code x} is the hidden state that the routed experts saw. */
  private void shared(Norm norm, SharedExpert shared, float[] x) {
    int rows = buffers.rows();
    float[] gates = ones(rows);
    int[] experts = new int[rows];
    if (shared.gate().isPresent()) {
      run(new Router(x, norm, shared.gate().get(), SHARED_GATE, experts, gates));
    }
    experts(norm, shared.expert(), x, experts, gates);
  }

  /** Runs experts on {@code x} and adds their weighted outputs to the step's hidden state. */
  private void experts(Norm norm, Swiglu swiglu, float[] x, int[] experts, float[] expertWeights) {
    float[] activations = new float[experts.length * swiglu.gate().rows()];
    run(new ExpertIn(x, norm, experts, swiglu.gate(), swiglu.up(), activations));
    run(new ExpertOut(activations, experts, expertWeights, swiglu.down(), buffers.x()));
  }

  private void logits(int[] rows, float[] logits) {
    if (rows.length == 0) {
      return;
    }
    float[] x = new float[rows.length * weights.config().hidden()];
    copyStates(rows, x);
    run(new Logits(x, weights.outputNorm(), weights.output(), logits));
  }

  private void copyStates(int[] rows, float[] states) {
    int hidden = weights.config().hidden();
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(buffers.x(), rows[i] * hidden, states, i * hidden, hidden);
    }
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Override
  public long memoryBytes() {
    checkOpen();
    return weightBytes(weights) + kv.pages() * kv.pageBytes() + buffers.bytes();
  }

  /** Bytes of all weights; they are mapped, and the operating system may hold fewer of them. */
  static long weightBytes(ModelWeights weights) {
    long bytes = weights.embedding().data().byteSize();
    if (!weights.output().equals(weights.embedding())) {
      bytes += weights.output().data().byteSize();
    }
    for (LayerWeights layer : weights.layers()) {
      bytes += bytes(layer.query().matrix(), layer.key().matrix(), layer.value().matrix());
      bytes += bytes(layer.attentionOutput().matrix()) + bytes(layer.feedForward());
    }
    return bytes;
  }

  private static long bytes(FeedForward feedForward) {
    return switch (feedForward) {
      case FeedForward.Dense dense -> bytes(dense.experts());
      case Mixture m ->
          bytes(m.experts())
              + bytes(m.router())
              + m.shared().map(shared -> bytes(shared.expert())).orElse(0L);
    };
  }

  private static long bytes(Swiglu swiglu) {
    return swiglu.gate().data().byteSize()
        + swiglu.up().data().byteSize()
        + swiglu.down().data().byteSize();
  }

  private static long bytes(WeightMatrix... matrices) {
    return Arrays.stream(matrices).mapToLong(matrix -> matrix.data().byteSize()).sum();
  }

  /** Weights that a row is multiplied with, without attention's own products. */
  private static long rowWork(ModelWeights weights) {
    long work = size(weights.output());
    for (LayerWeights layer : weights.layers()) {
      work += size(layer.query().matrix()) + size(layer.key().matrix());
      work += size(layer.value().matrix()) + size(layer.attentionOutput().matrix());
      work +=
          switch (layer.feedForward()) {
            case FeedForward.Dense dense -> size(dense.experts());
            case Mixture m ->
                m.gating().active() * size(m.experts())
                    + m.shared().map(shared -> size(shared.expert())).orElse(0L);
          };
    }
    return work;
  }

  private static long size(WeightMatrix matrix) {
    return (long) matrix.rows() * matrix.columns();
  }

  /** Weights of one expert. */
  private static long size(Swiglu swiglu) {
    return 3L * swiglu.gate().rows() * swiglu.gate().columns();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      ops.close();
      kv.close();
    }
  }
}
