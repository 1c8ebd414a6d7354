package io.firesteel.bench.accuracy;

import java.util.Arrays;

/**
 * A text cut into chunks that know nothing of each other, as llama.cpp's perplexity tool cuts it:
 * the second half of each chunk is scored, each token by the logits before it.
 *
 * @param tokens all chunks one after the other, as they stand in the text
 * @param length tokens of a chunk, at least 4
 * @param bos replaces the first token of each chunk when it is computed; negative for none
 */
public record Chunks(int[] tokens, int length, int bos) {
  /** Leaves out what does not fill a chunk. */
  public Chunks {
    if (length < 4) {
      throw new IllegalArgumentException("length is " + length + ", expected at least 4");
    }
    tokens = Arrays.copyOf(tokens, tokens.length / length * length);
  }

  /** The first chunks of a text. */
  public Chunks first(int count) {
    return new Chunks(Arrays.copyOf(tokens, Math.min(tokens.length, count * length)), length, bos);
  }

  /** Number of chunks. */
  public int count() {
    return tokens.length / length;
  }

  /** The tokens of a chunk as they are computed. */
  public int[] chunk(int index) {
    int[] chunk = Arrays.copyOfRange(tokens, index * length, (index + 1) * length);
    if (bos >= 0) {
      chunk[0] = bos;
    }
    return chunk;
  }

  /** Position in a chunk of the first logits that score a token. */
  public int firstScored() {
    return length / 2;
  }

  /** Tokens of a chunk that are scored. */
  public int scored() {
    return length - 1 - firstScored();
  }
}
