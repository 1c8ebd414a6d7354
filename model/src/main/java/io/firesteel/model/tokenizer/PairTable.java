package io.firesteel.model.tokenizer;

import java.util.SplittableRandom;

/** Merges by their two symbols: open addressing with key and value side by side. */
final class PairTable {

  private static final long FREE = -1;

  private final long multiplier = new SplittableRandom().nextLong() | 1;
  private final long[] slots;
  private final int shift;

  PairTable(int expectedSize) {
    int capacity = Integer.highestOneBit(Math.max(8, Math.multiplyExact(expectedSize, 2)) - 1) << 1;
    slots = new long[Math.multiplyExact(capacity, 2)];
    shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity);
    for (int i = 0; i < slots.length; i += 2) {
      slots[i] = FREE;
    }
  }

  /** Adds a merge; the first of two with the same symbols stays. */
  void putIfAbsent(int left, int right, long value) {
    long key = key(left, right);
    int slot = slot(key);
    if (slots[slot] == FREE) {
      slots[slot] = key;
      slots[slot + 1] = value;
    }
  }

  /** The merge of two symbols, or {@code absent}. */
  long get(int left, int right, long absent) {
    long key = key(left, right);
    int slot = slot(key);
    return slots[slot] == FREE ? absent : slots[slot + 1];
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  private int slot(long key) {
    int slot = (int) (key * multiplier >>> shift) << 1;
    while (slots[slot] != key && slots[slot] != FREE) {
      slot = (slot + 2) & (slots.length - 1);
    }
    return slot;
  }
}
