package io.firesteel.model.tokenizer.pre;

import java.util.Arrays;

/** A set of code points, for the patterns that name ranges of scripts. */
final class CodePointSet {

  private final int[] firsts;
  private final int[] lasts;

  private CodePointSet(int[] firsts, int[] lasts) {
    this.firsts = firsts;
    this.lasts = lasts;
  }

  /** From text of single characters and ranges: {@code "a-zµÀ-Ö"}. */
  static CodePointSet of(String ranges) {
    int[] chars = ranges.codePoints().toArray();
    int[][] pairs = new int[chars.length][];
    int count = 0;
    for (int i = 0; i < chars.length; i++) {
      boolean range = i + 2 < chars.length && chars[i + 1] == '-';
      pairs[count++] = new int[] {chars[i], range ? chars[i + 2] : chars[i]};
      i += range ? 2 : 0;
    }
    int[][] sorted = Arrays.copyOf(pairs, count);
    Arrays.sort(sorted, (a, b) -> Integer.compare(a[0], b[0]));
    return new CodePointSet(
        Arrays.stream(sorted).mapToInt(p -> p[0]).toArray(),
        Arrays.stream(sorted).mapToInt(p -> p[1]).toArray());
  }

  boolean contains(int codePoint) {
    int found = Arrays.binarySearch(firsts, codePoint);
    int range = found >= 0 ? found : -found - 2;
    return range >= 0 && codePoint <= lasts[range];
  }

  /** {@code [set]+} */
  Pass run() {
    return (text, at, end) -> {
      int stop = endOfRun(text, at, end);
      return stop > at ? stop : Pass.NO_MATCH;
    };
  }

  /** {@code \s?[set]+} */
  Pass runAfterSpace() {
    return (text, at, end) -> {
      int first = CharacterClass.isSpace(text.unit(at)) ? at + 1 : at;
      int stop = endOfRun(text, first, end);
      return stop > first ? stop : Pass.NO_MATCH;
    };
  }

  private int endOfRun(ClassifiedText text, int at, int end) {
    int i = at;
    while (i < end && contains(text.codePoint(i)) && text.unit(i) != CharacterClass.WIDE_SPACE) {
      i++;
    }
    return i;
  }
}
