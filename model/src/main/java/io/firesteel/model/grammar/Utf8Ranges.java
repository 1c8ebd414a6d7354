package io.firesteel.model.grammar;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Splits ranges of code points into sequences of byte ranges, as Thompson's grep did. */
final class Utf8Ranges {
  private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

  private Utf8Ranges() {}

  /**
   * The byte sequences of a set.
   *
   * @param sink takes arrays of first and last value of each byte in turn, 2 to 8 numbers
   */
  static void of(CodePoints set, Consumer<int[]> sink) {
    int[] ranges = set.ranges();
    for (int i = 0; i < ranges.length; i += 2) {
      int first = ranges[i];
      for (int last : LAST_OF_LENGTH) {
        if (first <= last && first <= ranges[i + 1]) {
          split(first, Math.min(last, ranges[i + 1]), sink);
          first = last + 1;
        }
      }
    }
  }

  private static void split(int first, int last, Consumer<int[]> sink) {
    for (int i = 1; i < 4; i++) {
      int mask = (1 << 6 * i) - 1;
      if (last > 0x7F && (first & ~mask) != (last & ~mask)) {
        if ((first & mask) != 0) {
          split(first, first | mask, sink);
          split((first | mask) + 1, last, sink);
          return;
        }
        if ((last & mask) != mask) {
          split(first, (last & ~mask) - 1, sink);
          split(last & ~mask, last, sink);
          return;
        }
      }
    }
    byte[] from = Character.toString(first).getBytes(StandardCharsets.UTF_8);
    byte[] to = Character.toString(last).getBytes(StandardCharsets.UTF_8);
    int[] bytes = new int[2 * from.length];
    for (int i = 0; i < from.length; i++) {
      bytes[2 * i] = from[i] & 0xFF;
      bytes[2 * i + 1] = to[i] & 0xFF;
    }
    sink.accept(bytes);
  }
}
