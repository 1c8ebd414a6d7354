package io.firesteel.model.ops;

import java.util.Objects;

/**
 * Rotary position embedding (Su et al., "RoFormer", 2021): pair {@code i} of a head is rotated by
 * {@code position * frequencies[i]}, and the result is multiplied by {@code magnitude}. Scaling
 * variants (linear, YaRN, factors from the file) are already contained in the frequencies.
 *
 * @param pairing which elements form a pair
 * @param frequencies one angle per position for each pair, {@code frequencies.length * 2} leading
 *     elements of a head are rotated and the rest is left as it is
 * @param magnitude factor on cosine and sine (YaRN's attention factor; 1 otherwise)
 */
public record Rope(Pairing pairing, float[] frequencies, float magnitude) {
  /** Which elements of a head form a pair. */
  public enum Pairing {
    /** Neighbours: (0, 1), (2, 3), … as in Llama GGUF files. */
    NORMAL,
    /** Halves: (0, n/2), (1, n/2 + 1), … as in GPT-NeoX and Qwen. */
    NEOX
  }

  /** Refuses missing parts. */
  public Rope {
    Objects.requireNonNull(pairing, "pairing");
    Objects.requireNonNull(frequencies, "frequencies");
  }
}
