package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A set of Unicode code points without the surrogates.
 *
 * @param ranges first and last code point of each run, rising and apart from each other
 */
record CodePoints(int[] ranges) {
  static final CodePoints NONE = new CodePoints(new int[0]);
  static final CodePoints ALL =
      new CodePoints(
          new int[] {0, Character.MIN_SURROGATE - 1, Character.MAX_SURROGATE + 1, 0x10FFFF});
  static final CodePoints DIGITS = range('0', '9');

  static CodePoints range(int first, int last) {
    return normalised(List.of(new int[] {first, last}));
  }

  static CodePoints of(int... points) {
    return normalised(Arrays.stream(points).mapToObj(point -> new int[] {point, point}).toList());
  }

  /** The union of ranges in any order, without the surrogates. */
  static CodePoints normalised(List<int[]> ranges) {
    List<int[]> parts = new ArrayList<>();
    for (int[] range : ranges) {
      addPart(parts, range[0], Math.min(range[1], Character.MIN_SURROGATE - 1));
      addPart(parts, Math.max(range[0], Character.MAX_SURROGATE + 1), range[1]);
    }
    parts.sort(Comparator.comparingInt(range -> range[0]));
    int[] merged = new int[2 * parts.size()];
    int count = 0;
    for (int[] part : parts) {
      if (count > 0 && part[0] <= merged[count - 1] + 1) {
        merged[count - 1] = Math.max(merged[count - 1], part[1]);
      } else {
        merged[count++] = part[0];
        merged[count++] = part[1];
      }
    }
    return new CodePoints(Arrays.copyOf(merged, count));
  }

  private static void addPart(List<int[]> parts, int first, int last) {
    if (first <= last) {
      parts.add(new int[] {first, last});
    }
  }

  boolean isEmpty() {
    return ranges.length == 0;
  }

  boolean contains(int point) {
    for (int i = 0; i < ranges.length; i += 2) {
      if (point >= ranges[i] && point <= ranges[i + 1]) {
        return true;
      }
    }
    return false;
  }

  private List<int[]> list() {
    List<int[]> list = new ArrayList<>();
    for (int i = 0; i < ranges.length; i += 2) {
      list.add(new int[] {ranges[i], ranges[i + 1]});
    }
    return list;
  }

  CodePoints union(CodePoints other) {
    List<int[]> both = list();
    both.addAll(other.list());
    return normalised(both);
  }

  CodePoints complement() {
    List<int[]> gaps = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      addPart(gaps, next, ranges[i] - 1);
      next = ranges[i + 1] + 1;
    }
    addPart(gaps, next, 0x10FFFF);
    return normalised(gaps);
  }

  CodePoints intersect(CodePoints other) {
    return complement().union(other.complement()).complement();
  }

  CodePoints minus(CodePoints other) {
    return intersect(other.complement());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodePoints(int[] theirs) && Arrays.equals(ranges, theirs);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ranges);
  }

  @Override
  public String toString() {
    return "CodePoints" + Arrays.toString(ranges);
  }
}
