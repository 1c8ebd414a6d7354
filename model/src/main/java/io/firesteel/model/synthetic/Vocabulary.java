package io.firesteel.model.synthetic;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.Metadata;
import io.firesteel.loader.MetadataValue;
import io.firesteel.loader.MetadataValue.NumberArray;
import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.model.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tokenizer and chat template, as the metadata keys {@code tokenizer.*} of a file, which a
 * synthetic model takes over. Where the model has more tokens, unused ones named {@code [PADn]}
 * fill up, as converters of real models do.
 */
public final class Vocabulary {
  private static final String PREFIX = "tokenizer.";
  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String TYPES = "tokenizer.ggml.token_type";
  private static final String SCORES = "tokenizer.ggml.scores";
  private static final int UNUSED = 5;
  private static final float UNUSED_SCORE = -1000;

  private final String source;
  private final Map<String, MetadataValue> values;
  private final int size;

  private Vocabulary(String source, Map<String, MetadataValue> values, int size) {
    this.source = source;
    this.values = values;
    this.size = size;
  }

  /** The tokenizer of the embedded model: 4,096 tokens, byte-level BPE, ChatML. */
  public static Vocabulary embedded() {
    try (Gguf gguf = EmbeddedModel.open()) {
      return of(gguf.metadata());
    }
  }

  /**
   * The tokenizer of a file.
   *
   * @throws io.firesteel.loader.GgufException if it is no GGUF file or has no tokenizer
   */
  public static Vocabulary of(Path file) throws IOException {
    try (Gguf gguf = Gguf.open(file)) {
      return of(gguf.metadata());
    }
  }

  private static Vocabulary of(Metadata metadata) {
    int size = metadata.stringArray(TOKENS).size();
    Map<String, MetadataValue> values = new LinkedHashMap<>();
    metadata
        .values()
        .forEach(
            (key, value) -> {
              if (key.startsWith(PREFIX)) {
                values.put(key, value);
              }
            });
    return new Vocabulary(metadata.file(), values, size);
  }

  /** Number of tokens. */
  public int size() {
    return size;
  }

  /**
   * This vocabulary, filled up with unused tokens.
   *
   * @param count tokens altogether
   * @throws IllegalArgumentException if it has more
   */
  public Vocabulary filledTo(int count) {
    if (count < size) {
      throw new IllegalArgumentException(
          "%s has %d tokens and the model only %d: ask for a vocabulary of at least %d, or take a smaller one"
              .formatted(source, size, count, size));
    }
    if (count == size) {
      return this;
    }
    Map<String, MetadataValue> filled = new LinkedHashMap<>(values);
    Metadata metadata = Metadata.of(source, values);
    List<String> tokens = new ArrayList<>(metadata.strings(TOKENS));
    for (int id = size; id < count; id++) {
      tokens.add("[PAD" + id + "]");
    }
    filled.put(TOKENS, StringArray.of(tokens));
    if (metadata.has(TYPES)) {
      int[] types = Arrays.copyOf(metadata.integers(TYPES), count);
      Arrays.fill(types, size, count, UNUSED);
      filled.put(TYPES, NumberArray.of(types));
    }
    if (metadata.has(SCORES)) {
      float[] scores = Arrays.copyOf(metadata.floats(SCORES), count);
      Arrays.fill(scores, size, count, UNUSED_SCORE);
      filled.put(SCORES, NumberArray.of(scores));
    }
    return new Vocabulary(source, filled, count);
  }

  /** The metadata keys and values. */
  Map<String, MetadataValue> values() {
    return values;
  }
}
