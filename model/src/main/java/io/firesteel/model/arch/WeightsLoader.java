package io.firesteel.model.arch;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.Metadata;
import io.firesteel.model.arch.FeedForward.Dense;
import io.firesteel.model.arch.FeedForward.Mixture;
import io.firesteel.model.arch.FeedForward.SharedExpert;
import io.firesteel.model.arch.FeedForward.Swiglu;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.WeightMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a model's numbers and finds its tensors. Keys and names are those of the GGUF
 * specification.
 */
final class WeightsLoader {
  private static final int MOST = 1 << 24;

  private final Metadata metadata;
  private final Architecture architecture;
  private final String prefix;
  private final TensorReader tensors;
  private final int hidden;
  private final float epsilon;

  WeightsLoader(Gguf file) {
    metadata = file.metadata();
    architecture = Architecture.of(metadata);
    prefix = architecture.name() + ".";
    tensors = new TensorReader(file);
    hidden = number("embedding_length");
    epsilon = (float) metadata.floating(prefix + "attention.layer_norm_rms_epsilon");
    if (!(epsilon > 0)) {
      throw metadata.error(
          prefix + "attention.layer_norm_rms_epsilon",
          "is " + epsilon + ", expected a positive number");
    }
  }

  ModelWeights load() {
    ModelConfig config = config();
    WeightMatrix embedding =
        tensors.matrix("token_embd.weight", config.vocabulary(), config.hidden());
    List<LayerWeights> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(layer("blk." + layer + ".", config.heads()));
    }
    Norm outputNorm = norm("output_norm.weight");
    WeightMatrix output =
        tensors.has("output.weight")
            ? tensors.matrix("output.weight", config.vocabulary(), config.hidden())
            : embedding;
    tensors.refuseLeftovers(architecture.name());
    return new ModelWeights(config, embedding, layers, outputNorm, output);
  }

  private ModelConfig config() {
    Heads heads = heads();
    int contextLength = number("context_length");
    int rotated = number("rope.dimension_count", heads.size());
    if (rotated % 2 != 0 || rotated > heads.size()) {
      throw metadata.error(
          prefix + "rope.dimension_count",
          "is " + rotated + ", expected an even number up to the head size, " + heads.size());
    }
    float[] factors = tensors.optionalVector("rope_freqs.weight", rotated / 2);
    double scale = metadata.floating(prefix + "attention.scale", 0);
    return new ModelConfig(
        architecture.name(),
        metadata.string("general.name", architecture.name()),
        number("block_count"),
        hidden,
        heads,
        tensors.dimension("token_embd.weight", 1),
        contextLength,
        (float) (scale == 0 ? 1 / Math.sqrt(heads.size()) : scale),
        (int) Math.min(Integer.MAX_VALUE, metadata.integer(prefix + "attention.sliding_window", 0)),
        RopeFrequencies.of(
            metadata, prefix, architecture.pairing(), rotated, contextLength, factors));
  }

  private Heads heads() {
    int queries = headCount("attention.head_count", 0);
    int keyValues = headCount("attention.head_count_kv", queries);
    if (queries % keyValues != 0) {
      throw metadata.error(
          prefix + "attention.head_count",
          "is " + queries + ", expected a multiple of the key/value heads, " + keyValues);
    }
    int size = number("attention.key_length", hidden / queries);
    int valueSize = number("attention.value_length", size);
    if (valueSize != size) {
      throw metadata.error(
          prefix + "attention.value_length",
          "is " + valueSize + ", expected the length of keys, " + size);
    }
    if (size % KvFormat.Q8_RUN != 0) {
      throw metadata.error(
          prefix + "attention.key_length",
          "gives heads of " + size + " elements, expected a multiple of " + KvFormat.Q8_RUN);
    }
    return new Heads(queries, keyValues, size);
  }

  /** A number of heads, which files state for the model or for each layer. */
  private int headCount(String key, int fallback) {
    if (metadata.find(prefix + key).isPresent()
        && metadata.find(prefix + key).get()
            instanceof io.firesteel.loader.MetadataValue.ArrayValue) {
      int[] counts = metadata.integers(prefix + key);
      for (int count : counts) {
        if (count != counts[0] || count < 1) {
          throw metadata.error(
              prefix + key,
              "has "
                  + counts[0]
                  + " and "
                  + count
                  + ", expected the same positive number for all layers");
        }
      }
      return counts[0];
    }
    return fallback == 0 ? number(key) : number(key, fallback);
  }

  private LayerWeights layer(String name, Heads heads) {
    return new LayerWeights(
        norm(name + "attn_norm.weight"),
        tensors.projection(name + "attn_q", heads.queryWidth(), hidden),
        tensors.projection(name + "attn_k", heads.keyValueWidth(), hidden),
        tensors.projection(name + "attn_v", heads.keyValueWidth(), hidden),
        headNorm(name + "attn_q_norm.weight", heads.size()),
        headNorm(name + "attn_k_norm.weight", heads.size()),
        tensors.projection(name + "attn_output", hidden, heads.queryWidth()),
        feedForward(name));
  }

  private Norm norm(String name) {
    return new Norm(tensors.vector(name, hidden), epsilon);
  }

  private Norm headNorm(String name, int size) {
    return new Norm(architecture.headNorms() ? tensors.vector(name, size) : new float[0], epsilon);
  }

  private FeedForward feedForward(String name) {
    Norm norm = norm(name + "ffn_norm.weight");
    int experts = (int) Math.min(MOST, metadata.integer(prefix + "expert_count", 0));
    if (!architecture.routes(experts)) {
      return new Dense(norm, dense(name, "", number("feed_forward_length")));
    }
    experts = number("expert_count");
    int width = number("expert_feed_forward_length", number("feed_forward_length", 1));
    Swiglu routed =
        new Swiglu(
            tensors.experts(name + "ffn_gate_exps.weight", experts, width, hidden),
            tensors.experts(name + "ffn_up_exps.weight", experts, width, hidden),
            tensors.experts(name + "ffn_down_exps.weight", experts, hidden, width));
    WeightMatrix router = tensors.matrix(name + "ffn_gate_inp.weight", experts, hidden);
    return new Mixture(norm, router, gating(experts), routed, shared(name));
  }

  private Optional<SharedExpert> shared(String name) {
    if (architecture.feedForward() != Architecture.Kind.EXPERTS_AND_SHARED) {
      return Optional.empty();
    }
    int width =
        number(
            "expert_shared_feed_forward_length",
            tensors.dimension(name + "ffn_up_shexp.weight", 1));
    String gate = name + "ffn_gate_inp_shexp.weight";
    return Optional.of(
        new SharedExpert(
            tensors.has(gate) ? Optional.of(tensors.matrix(gate, 1, hidden)) : Optional.empty(),
            dense(name, "_shexp", width)));
  }

  private Swiglu dense(String name, String suffix, int width) {
    return new Swiglu(
        ExpertMatrix.dense(tensors.matrix(name + "ffn_gate" + suffix + ".weight", width, hidden)),
        ExpertMatrix.dense(tensors.matrix(name + "ffn_up" + suffix + ".weight", width, hidden)),
        ExpertMatrix.dense(tensors.matrix(name + "ffn_down" + suffix + ".weight", hidden, width)));
  }

  private Gating gating(int experts) {
    int active = number("expert_used_count");
    if (active > Math.min(experts, Gating.MAX_ACTIVE)) {
      throw metadata.error(
          prefix + "expert_used_count",
          "is " + active + ", expected at most " + Math.min(experts, Gating.MAX_ACTIVE));
    }
    boolean normalized =
        metadata.bool(
            prefix + "expert_weights_norm",
            architecture.weighting() == Gating.Weighting.NORMALIZED);
    double scale = metadata.floating(prefix + "expert_weights_scale", 0);
    return new Gating(
        score(),
        active,
        normalized ? Gating.Weighting.NORMALIZED : Gating.Weighting.AS_SCORED,
        (float) (scale == 0 ? 1 : scale));
  }

  private Gating.Score score() {
    String key = prefix + "expert_gating_func";
    return switch ((int) metadata.integer(key, 1)) {
      case 0, 1 -> Gating.Score.SOFTMAX;
      case 2 -> Gating.Score.SIGMOID;
      default ->
          throw metadata.error(
              key, "is " + metadata.integer(key) + ", expected 1 (softmax) or 2 (sigmoid)");
    };
  }

  private int number(String key) {
    return metadata.integerBetween(prefix + key, 1, MOST);
  }

  private int number(String key, int fallback) {
    return metadata.has(prefix + key) ? number(key) : fallback;
  }
}
