package io.firesteel.model.synthetic;

import io.firesteel.loader.Metadata;
import io.firesteel.loader.MetadataValue;
import io.firesteel.loader.MetadataValue.FloatValue;
import io.firesteel.loader.MetadataValue.IntegerValue;
import io.firesteel.loader.MetadataValue.StringValue;
import io.firesteel.loader.ValueType;
import java.util.LinkedHashMap;
import java.util.Map;

/** Metadata keys of a model file, in the order in which converters write them. */
final class SyntheticMetadata {
  private static final int QUANTISATION_VERSION = 2;

  private final Map<String, MetadataValue> values = new LinkedHashMap<>();
  private final Shape shape;

  private SyntheticMetadata(Shape shape) {
    this.shape = shape;
  }

  static Metadata of(Shape shape, TypeMix mix, Vocabulary vocabulary, long seed) {
    SyntheticMetadata metadata = new SyntheticMetadata(shape);
    metadata.addGeneral(seed);
    metadata.addModel();
    metadata.values.putAll(vocabulary.values());
    metadata.number("general.quantization_version", QUANTISATION_VERSION);
    metadata.number("general.file_type", mix.fileType());
    return Metadata.of(shape.name(), metadata.values);
  }

  private void addGeneral(long seed) {
    text("general.architecture", shape.architecture().label());
    text("general.type", "model");
    text("general.name", shape.name());
    text("general.description", "Random weights (seed " + seed + "): for measuring, not for use");
  }

  private void addModel() {
    own("block_count", shape.layers());
    own("context_length", shape.context());
    own("embedding_length", shape.hidden());
    own("feed_forward_length", shape.feedForward());
    own("attention.head_count", shape.heads());
    own("attention.head_count_kv", shape.kvHeads());
    own("rope.freq_base", shape.ropeBase());
    own("attention.layer_norm_rms_epsilon", shape.epsilon());
    shape.experts().ifPresent(this::addExperts);
    if (shape.architecture() == Architecture.LLAMA) {
      own("vocab_size", shape.vocabulary());
      own("rope.dimension_count", shape.headSize());
    }
    if (shape.architecture() != Architecture.QWEN2 || shape.queryWidth() != shape.hidden()) {
      own("attention.key_length", shape.headSize());
      own("attention.value_length", shape.headSize());
    }
  }

  private void addExperts(Experts experts) {
    own("expert_count", experts.count());
    own("expert_used_count", experts.used());
    own("expert_feed_forward_length", experts.width());
    if (experts.sharedWidth() > 0) {
      own("expert_shared_feed_forward_length", experts.sharedWidth());
    }
  }

  private void own(String key, int value) {
    number(shape.architecture().label() + "." + key, value);
  }

  private void own(String key, double value) {
    values.put(
        shape.architecture().label() + "." + key, new FloatValue(ValueType.FLOAT32, (float) value));
  }

  private void number(String key, int value) {
    values.put(key, new IntegerValue(ValueType.UINT32, value));
  }

  private void text(String key, String value) {
    values.put(key, new StringValue(value));
  }
}
