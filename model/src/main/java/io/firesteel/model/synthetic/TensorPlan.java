package io.firesteel.model.synthetic;

import io.firesteel.loader.TensorSpec;
import io.firesteel.loader.TensorType;
import io.firesteel.model.synthetic.PlannedTensor.Contents;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Lists the tensors of a model, in the order in which llama.cpp's quantiser writes them: those
 * outside of layers first, then layer by layer, each by name.
 */
final class TensorPlan {
  private static final int NO_LAYER = -1;

  private final Shape shape;
  private final TypeMix mix;
  private final List<Entry> entries = new ArrayList<>();

  private TensorPlan(Shape shape, TypeMix mix) {
    this.shape = shape;
    this.mix = mix;
  }

  private record Entry(int layer, PlannedTensor tensor) {}

  static List<PlannedTensor> of(Shape shape, TypeMix mix) {
    TensorPlan plan = new TensorPlan(shape, mix);
    plan.addModel();
    for (int layer = 0; layer < shape.layers(); layer++) {
      plan.addAttention(layer);
      plan.addFeedForward(layer);
    }
    return plan.entries.stream()
        .sorted(
            Comparator.comparingInt(Entry::layer)
                .thenComparing(entry -> entry.tensor().spec().name()))
        .map(Entry::tensor)
        .toList();
  }

  private void addModel() {
    int hidden = shape.hidden();
    add(NO_LAYER, "token_embd.weight", Role.EMBEDDING, hidden, shape.vocabulary());
    add(NO_LAYER, "output_norm.weight", Role.NORM, hidden);
    if (!shape.tied()) {
      add(NO_LAYER, "output.weight", Role.OUTPUT, hidden, shape.vocabulary());
    }
    shape
        .ropeScaling()
        .ifPresent(
            scaling -> {
              float[] factors = scaling.factors(shape.ropeBase(), shape.headSize());
              TensorSpec spec = new TensorSpec("rope_freqs.weight", TensorType.F32, factors.length);
              add(NO_LAYER, new PlannedTensor(spec, new Contents.Fixed(factors)));
            });
  }

  private void addAttention(int layer) {
    int hidden = shape.hidden();
    int queries = shape.queryWidth();
    int keys = shape.kvWidth();
    add(layer, "attn_norm.weight", Role.NORM, hidden);
    add(layer, "attn_q.weight", Role.QUERY, hidden, queries);
    add(layer, "attn_k.weight", Role.KEY, hidden, keys);
    add(layer, "attn_v.weight", Role.VALUE, hidden, keys);
    add(layer, "attn_output.weight", Role.ATTENTION_OUTPUT, queries, hidden);
    if (shape.architecture().normalisesHeads()) {
      add(layer, "attn_q_norm.weight", Role.NORM, shape.headSize());
      add(layer, "attn_k_norm.weight", Role.NORM, shape.headSize());
    }
    if (shape.architecture().hasBiases()) {
      add(layer, "attn_q.bias", Role.BIAS, queries);
      add(layer, "attn_k.bias", Role.BIAS, keys);
      add(layer, "attn_v.bias", Role.BIAS, keys);
    }
  }

  private void addFeedForward(int layer) {
    add(layer, "ffn_norm.weight", Role.NORM, shape.hidden());
    if (shape.experts().isPresent()) {
      addExperts(layer, shape.experts().get());
    } else {
      addSwiglu(layer, "", shape.feedForward());
    }
  }

  private void addExperts(int layer, Experts experts) {
    add(layer, "ffn_gate_inp.weight", Role.ROUTER, shape.hidden(), experts.count());
    addSwiglu(layer, "_exps", experts.width(), experts.count());
    if (experts.sharedWidth() > 0) {
      add(layer, "ffn_gate_inp_shexp.weight", Role.SHARED_GATE, shape.hidden());
      addSwiglu(layer, "_shexp", experts.sharedWidth());
    }
  }

  /** Gate, up and down, with one more dimension where there are several experts. */
  private void addSwiglu(int layer, String suffix, int width, long... experts) {
    int hidden = shape.hidden();
    add(layer, "ffn_gate" + suffix + ".weight", Role.GATE, dimensions(hidden, width, experts));
    add(layer, "ffn_up" + suffix + ".weight", Role.UP, dimensions(hidden, width, experts));
    add(layer, "ffn_down" + suffix + ".weight", Role.DOWN, dimensions(width, hidden, experts));
  }

  private static long[] dimensions(long columns, long rows, long... experts) {
    return experts.length == 0
        ? new long[] {columns, rows}
        : new long[] {columns, rows, experts[0]};
  }

  private void add(int layer, String name, Role role, long... dimensions) {
    String full = layer == NO_LAYER ? name : "blk." + layer + "." + name;
    TensorType type = mix.typeOf(role, shape, layer, dimensions[0]);
    TensorSpec spec = new TensorSpec(full, type, dimensions);
    double mean = role == Role.NORM ? 1 : 0;
    double deviation = role.deviation(shape, dimensions[0]);
    add(layer, new PlannedTensor(spec, new Contents.Random(mean, deviation)));
  }

  private void add(int layer, PlannedTensor tensor) {
    entries.add(new Entry(layer, tensor));
  }
}
