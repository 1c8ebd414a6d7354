package io.firesteel.model.tokenizer;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A set of byte strings, numbered in the order in which they are added: all bytes in one array and
 * an open-addressing index over it.
 */
final class ByteStrings {

  static final int ABSENT = -1;

  /** Drawn anew for each table, so that no file can be written to make its keys collide. */
  private final long multiplier = new SplittableRandom().nextLong() | 1;

  private byte[] bytes;
  private int[] starts;
  private int size;
  private int[] index;
  private int longest;

  ByteStrings(int expectedSize, int expectedBytes) {
    bytes = new byte[Math.max(16, expectedBytes)];
    starts = new int[expectedSize + 1];
    index = new int[tableSize(expectedSize)];
  }

  private static int tableSize(int entries) {
    return Integer.highestOneBit(Math.max(8, Math.multiplyExact(entries, 2)) - 1) << 1;
  }

  int size() {
    return size;
  }

  /** Number of the string in {@code key[from, to)}, or {@link #ABSENT}. */
  int find(byte[] key, int from, int to) {
    if (to - from > longest) {
      return ABSENT;
    }
    int entry = index[slot(key, from, to)];
    return entry - 1;
  }

  int find(byte[] key) {
    return find(key, 0, key.length);
  }

  /** Number of a string, which is added if it is new. */
  int intern(byte[] key, int from, int to) {
    int slot = slot(key, from, to);
    if (index[slot] != 0) {
      return index[slot] - 1;
    }
    append(key, from, to);
    index[slot] = size;
    longest = Math.max(longest, to - from);
    if (size * 2L > index.length) {
      grow();
    }
    return size - 1;
  }

  private void append(byte[] key, int from, int to) {
    int start = starts[size];
    int end = Math.addExact(start, to - from);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, Math.addExact(bytes.length, bytes.length >> 1)));
    }
    if (size + 1 >= starts.length) {
      starts = Arrays.copyOf(starts, Math.addExact(starts.length, (starts.length >> 1) + 1));
    }
    System.arraycopy(key, from, bytes, start, to - from);
    starts[++size] = end;
  }

  private void grow() {
    index = new int[Math.multiplyExact(index.length, 2)];
    for (int i = 0; i < size; i++) {
      index[slot(bytes, starts[i], starts[i + 1])] = i + 1;
    }
  }

  /** The slot that holds a key, or the free one where it belongs. */
  private int slot(byte[] key, int from, int to) {
    int mask = index.length - 1;
    int slot = hash(key, from, to) & mask;
    while (index[slot] != 0 && !holds(index[slot] - 1, key, from, to)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean holds(int entry, byte[] key, int from, int to) {
    return Arrays.equals(bytes, starts[entry], starts[entry + 1], key, from, to);
  }

  private int hash(byte[] key, int from, int to) {
    long hash = multiplier;
    for (int i = from; i < to; i++) {
      hash = (hash ^ key[i]) * multiplier;
    }
    hash ^= hash >>> 32;
    return (int) ((hash * multiplier) >>> 32);
  }
}
