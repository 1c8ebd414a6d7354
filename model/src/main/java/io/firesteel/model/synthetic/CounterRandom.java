package io.firesteel.model.synthetic;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Random words that depend on a key and their index alone, so that any part of a stream can be made
 * by any thread: SplitMix64 (Steele, Lea, Flood 2014) with the counter as state.
 *
 * @param key which stream
 */
record CounterRandom(long key) {
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The stream of a tensor. */
  static CounterRandom of(long seed, String name) {
    long key = mix(seed + GOLDEN);
    for (int i = 0; i < name.length(); i++) {
      key = mix(key ^ name.charAt(i)) + GOLDEN;
    }
    return new CounterRandom(key);
  }

  /** A word of the stream. */
  long word(long index) {
    return mix(key + index * GOLDEN);
  }

  /**
   * Writes a part of the stream.
   *
   * @param first index of the first word
   * @param target memory of whole words
   */
  void fill(long first, MemorySegment target) {
    long bytes = target.byteSize();
    long state = key + first * GOLDEN;
    for (long at = 0; at < bytes; at += Long.BYTES) {
      target.set(WORD, at, mix(state));
      state += GOLDEN;
    }
  }

  private static long mix(long state) {
    long z = (state ^ (state >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return z ^ (z >>> 31);
  }
}
