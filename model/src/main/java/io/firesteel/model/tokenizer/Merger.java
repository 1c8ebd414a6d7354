package io.firesteel.model.tokenizer;

import java.util.Arrays;

/**
 * Greedy merging of adjacent symbols: as long as any two neighbours may merge, the pair of lowest
 * rank does, the leftmost of equals. Short words are searched for that pair; long ones use a heap,
 * so that {@code n} symbols take {@code O(n log n)} whatever they are. One merger belongs to one
 * call.
 */
abstract class Merger {

  /** What {@link #merge} says of two symbols that stay apart; above every merge. */
  static final long NONE = Long.MAX_VALUE;

  private static final int SEARCHED = 48;
  private static final int GONE = -1;

  /** Symbols of the word, of which {@link #count} are in use. */
  int[] symbols = new int[SEARCHED];

  /** First byte of each symbol; one more entry than there are symbols. */
  int[] starts = new int[SEARCHED + 1];

  int count;

  private long[] merges = new long[SEARCHED];
  private int[] next = {};
  private int[] previous = {};

  /**
   * How two neighbours merge, from their symbols or from the bytes they span.
   *
   * @return rank in the upper and the merged symbol in the lower 32 bits, or {@link #NONE}
   */
  abstract long merge(int left, int leftStart, int right, int rightEnd);

  static long merge(int rank, int symbol) {
    return (long) rank << 32 | symbol;
  }

  private static int rank(long merge) {
    return (int) (merge >>> 32);
  }

  private static int symbol(long merge) {
    return (int) merge;
  }

  final void clear() {
    count = 0;
  }

  /** Appends a symbol that begins at a byte. */
  final void add(int symbol, int start) {
    if (count == symbols.length) {
      int capacity = Math.addExact(count, count);
      symbols = Arrays.copyOf(symbols, capacity);
      starts = Arrays.copyOf(starts, capacity + 1);
      merges = Arrays.copyOf(merges, capacity);
    }
    symbols[count] = symbol;
    starts[count++] = start;
  }

  /**
   * Merges the symbols added since {@link #clear()}; {@link #symbols}, {@link #starts} and {@link
   * #count} hold the result.
   *
   * @param end end of the last symbol
   */
  final void run(int end) {
    starts[count] = end;
    if (count < 2) {
      return;
    }
    for (int i = 0; i + 1 < count; i++) {
      merges[i] = merge(symbols[i], starts[i], symbols[i + 1], starts[i + 2]);
    }
    merges[count - 1] = NONE;
    if (count > SEARCHED) {
      runWithHeap();
    } else {
      runBySearch();
    }
  }

  private void runBySearch() {
    while (true) {
      int best = 0;
      for (int i = 1; i < count; i++) {
        if (rank(merges[i]) < rank(merges[best])) {
          best = i;
        }
      }
      if (merges[best] == NONE) {
        return;
      }
      symbols[best] = symbol(merges[best]);
      remove(best + 1);
      if (best + 1 < count) {
        merges[best] = merge(symbols[best], starts[best], symbols[best + 1], starts[best + 2]);
      } else {
        merges[best] = NONE;
      }
      if (best > 0) {
        merges[best - 1] =
            merge(symbols[best - 1], starts[best - 1], symbols[best], starts[best + 1]);
      }
    }
  }

  private void remove(int at) {
    int behind = count - at - 1;
    System.arraycopy(symbols, at + 1, symbols, at, behind);
    System.arraycopy(merges, at + 1, merges, at, behind);
    System.arraycopy(starts, at + 1, starts, at, behind + 1);
    count--;
  }

  private void runWithHeap() {
    link();
    LongHeap heap = new LongHeap(count);
    for (int i = 0; i + 1 < count; i++) {
      push(heap, i);
    }
    while (!heap.isEmpty()) {
      long top = heap.pop();
      int at = (int) top;
      // An entry is out of date if its symbol is gone or has by now another neighbour.
      if (symbols[at] == GONE || merges[at] == NONE || rank(merges[at]) != (int) (top >>> 32)) {
        continue;
      }
      int right = next[at];
      symbols[at] = symbol(merges[at]);
      symbols[right] = GONE;
      next[at] = next[right];
      if (next[at] < count) {
        previous[next[at]] = at;
      }
      refresh(heap, at);
      if (previous[at] >= 0) {
        refresh(heap, previous[at]);
      }
    }
    compact();
  }

  private void link() {
    next = new int[count];
    previous = new int[count];
    for (int i = 0; i < count; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
  }

  private void refresh(LongHeap heap, int at) {
    int right = next[at];
    if (right >= count) {
      merges[at] = NONE;
      return;
    }
    int end = starts[next[right]];
    merges[at] = merge(symbols[at], starts[at], symbols[right], end);
    push(heap, at);
  }

  private void push(LongHeap heap, int at) {
    if (merges[at] != NONE) {
      heap.push((long) rank(merges[at]) << 32 | at);
    }
  }

  private void compact() {
    int kept = 0;
    int end = starts[count];
    for (int i = 0; i < count; i = next[i]) {
      symbols[kept] = symbols[i];
      starts[kept++] = starts[i];
    }
    starts[kept] = end;
    count = kept;
  }
}
