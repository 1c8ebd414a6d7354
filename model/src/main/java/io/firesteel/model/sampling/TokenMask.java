package io.firesteel.model.sampling;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which tokens may be drawn. Immutable and safe for use by several threads.
 *
 * <p>Small sets are kept as a list of ids, others as one bit for each token.
 */
public final class TokenMask {
  private static final int SMALL = 512;

  private final int vocabulary;
  private final int count;
  private final int[] ids;
  private final long[] words;

  private TokenMask(int vocabulary, int count, int[] ids, long[] words) {
    this.vocabulary = vocabulary;
    this.count = count;
    this.ids = ids;
    this.words = words;
  }

  /**
   * A mask of the given tokens.
   *
   * @param vocabulary number of logits in a row
   * @param allowed ids below it
   */
  public static TokenMask of(int vocabulary, BitSet allowed) {
    if (allowed.length() > vocabulary) {
      throw new IllegalArgumentException(
          "token " + (allowed.length() - 1) + " is not below the vocabulary of " + vocabulary);
    }
    int count = allowed.cardinality();
    return count <= SMALL
        ? new TokenMask(vocabulary, count, allowed.stream().toArray(), null)
        : new TokenMask(vocabulary, count, null, padded(allowed, vocabulary));
  }

  private static long[] padded(BitSet allowed, int vocabulary) {
    return Arrays.copyOf(allowed.toLongArray(), Math.ceilDiv(vocabulary, Long.SIZE));
  }

  /** Number of logits in a row. */
  public int vocabulary() {
    return vocabulary;
  }

  /** Number of tokens that may be drawn. */
  public int count() {
    return count;
  }

  /** Whether a token may be drawn. */
  public boolean allows(int token) {
    if (token < 0 || token >= vocabulary) {
      return false;
    }
    return ids == null
        ? (words[token >> 6] >>> token & 1) != 0
        : Arrays.binarySearch(ids, token) >= 0;
  }

  /** The smallest allowed token that is at least {@code from}, or -1. */
  int next(int from) {
    if (from >= vocabulary) {
      return -1;
    }
    if (ids != null) {
      int found = Arrays.binarySearch(ids, from);
      int index = found >= 0 ? found : -found - 1;
      return index < ids.length ? ids[index] : -1;
    }
    int word = from >> 6;
    long rest = words[word] & -1L << from;
    while (rest == 0) {
      if (++word == words.length) {
        return -1;
      }
      rest = words[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(rest);
  }

  /**
   * One bit for each token, that of token {@code t} being bit {@code t % 64} of number {@code t /
   * 64}: the form in which a device takes it.
   */
  public long[] words() {
    if (words != null) {
      return words.clone();
    }
    BitSet bits = new BitSet(vocabulary);
    for (int id : ids) {
      bits.set(id);
    }
    return padded(bits, vocabulary);
  }

  /** Bytes held. */
  public long bytes() {
    return ids == null ? 8L * words.length : 4L * ids.length;
  }

  @Override
  public String toString() {
    return "%,d of %,d tokens".formatted(count, vocabulary);
  }
}
