package io.firesteel.model.synthetic;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Architectures that can be synthesised: which tensors a layer has. */
public enum Architecture {
  /** Norms on query and key heads, dense. */
  QWEN3,
  /** Norms on query and key heads, experts. */
  QWEN3MOE,
  /** Biases on query, key and value, dense. */
  QWEN2,
  /** Biases on query, key and value, experts and a gated shared expert. */
  QWEN2MOE,
  /** Neither norms nor biases, dense. */
  LLAMA;

  /** The architecture with a name as it stands in {@code general.architecture}. */
  public static Optional<Architecture> ofLabel(String label) {
    return Arrays.stream(values()).filter(a -> a.label().equals(label)).findFirst();
  }

  /** Its name in {@code general.architecture}, which its metadata keys begin with. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether query and key heads are normalised. */
  boolean normalisesHeads() {
    return this == QWEN3 || this == QWEN3MOE;
  }

  /** Whether query, key and value have biases. */
  boolean hasBiases() {
    return this == QWEN2 || this == QWEN2MOE;
  }

  /** Whether the feed-forward half is a mixture of experts. */
  public boolean isMixture() {
    return this == QWEN3MOE || this == QWEN2MOE;
  }

  /** Whether there is an expert that every token passes through. */
  public boolean sharesExpert() {
    return this == QWEN2MOE;
  }
}
