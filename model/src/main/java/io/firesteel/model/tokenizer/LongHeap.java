package io.firesteel.model.tokenizer;

import java.util.Arrays;

/** A binary heap of longs, the smallest on top. */
final class LongHeap {
  private long[] values;
  private int size;

  LongHeap(int expectedSize) {
    values = new long[Math.max(16, expectedSize)];
  }

  boolean isEmpty() {
    return size == 0;
  }

  void push(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, Math.addExact(size, size >> 1));
    }
    int child = size++;
    while (child > 0) {
      int parent = (child - 1) >>> 1;
      if (values[parent] <= value) {
        break;
      }
      values[child] = values[parent];
      child = parent;
    }
    values[child] = value;
  }

  long pop() {
    long top = values[0];
    long last = values[--size];
    int parent = 0;
    for (int child = 1; child < size; child = 2 * parent + 1) {
      if (child + 1 < size && values[child + 1] < values[child]) {
        child++;
      }
      if (values[child] >= last) {
        break;
      }
      values[parent] = values[child];
      parent = child;
    }
    values[parent] = last;
    return top;
  }
}
