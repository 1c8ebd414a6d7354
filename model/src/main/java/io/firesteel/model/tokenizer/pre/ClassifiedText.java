package io.firesteel.model.tokenizer.pre;

import io.firesteel.model.tokenizer.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A text as pre-tokenisers see it: one {@link CharacterClass} unit for each code point. Not safe
 * for use by several threads.
 */
public final class ClassifiedText {

  private final byte[] utf8;
  private final int from;
  private final int to;
  private final byte[] units;
  private final int length;
  private int[] codePoints;

  private ClassifiedText(byte[] utf8, int from, int to, byte[] units, int length) {
    this.utf8 = utf8;
    this.from = from;
    this.to = to;
    this.units = units;
    this.length = length;
  }

  /**
   * Classifies the code points of {@code utf8[from, to)}.
   *
   * @param utf8 well-formed in the sense of {@link Utf8#repair}
   * @param from first byte
   * @param to end, exclusive
   * @return the text's units
   */
  public static ClassifiedText of(byte[] utf8, int from, int to) {
    byte[] units = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; ) {
      byte lead = utf8[i];
      if (lead >= 0) {
        units[length++] = lead;
        i++;
      } else {
        units[length++] = CharacterClass.of(Utf8.codePointAt(utf8, i));
        i += Utf8.length(lead);
      }
    }
    return new ClassifiedText(utf8, from, to, units, length);
  }

  /** Number of code points. */
  int length() {
    return length;
  }

  byte unit(int index) {
    return units[index];
  }

  /** The code point itself, for patterns that name ranges of scripts. */
  int codePoint(int index) {
    if (codePoints == null) {
      codePoints = decode();
    }
    return codePoints[index];
  }

  private int[] decode() {
    int[] decoded = new int[length];
    int count = 0;
    for (int i = from; i < to; i += Utf8.length(utf8[i])) {
      decoded[count++] = Utf8.codePointAt(utf8, i);
    }
    return decoded;
  }

  /** Byte offset {@code count} code points after byte offset {@code offset}. */
  int advance(int offset, int count) {
    if (length == to - from) {
      return offset + count;
    }
    int position = offset;
    for (int i = 0; i < count; i++) {
      position += Utf8.length(utf8[position]);
    }
    return position;
  }

  int firstByte() {
    return from;
  }

  @Override
  public String toString() {
    return new String(Arrays.copyOfRange(utf8, from, to), StandardCharsets.UTF_8);
  }
}
