package io.firesteel.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * UTF-8 as vocabularies are cut with it: leniently. Any lead byte followed by the continuation
 * bytes it announces counts as a code point up to U+10FFFF, overlong forms and surrogates included;
 * every other byte is malformed by itself.
 */
public final class Utf8 {

  private static final byte[] LENGTH_BY_HIGH_NIBBLE = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4
  };
  private static final int REPLACEMENT = 0xFFFD;

  private Utf8() {}

  /** Encodes a string; a surrogate without its partner becomes U+FFFD. */
  static byte[] encode(String text) {
    return (hasLoneSurrogate(text) ? replaceLoneSurrogates(text) : text)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  private static String replaceLoneSurrogates(String text) {
    StringBuilder repaired = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c)
        .forEach(repaired::appendCodePoint);
    return repaired.toString();
  }

  /**
   * Number of bytes that a lead byte announces, itself included.
   *
   * @param lead a lead byte; a continuation byte counts as 1
   * @return 1 to 4
   */
  public static int length(byte lead) {
    return LENGTH_BY_HIGH_NIBBLE[(lead & 0xFF) >> 4];
  }

  /**
   * Decodes the code point at an offset of repaired text.
   *
   * @param utf8 bytes without malformed sequences (see {@link #repair})
   * @param offset of a lead byte
   * @return the code point
   */
  public static int codePointAt(byte[] utf8, int offset) {
    byte lead = utf8[offset];
    return switch (length(lead)) {
      case 2 -> (lead & 0x1F) << 6 | trail(utf8, offset + 1);
      case 3 -> (lead & 0x0F) << 12 | trail(utf8, offset + 1) << 6 | trail(utf8, offset + 2);
      case 4 ->
          (lead & 0x07) << 18
              | trail(utf8, offset + 1) << 12
              | trail(utf8, offset + 2) << 6
              | trail(utf8, offset + 3);
      default -> lead;
    };
  }

  private static int trail(byte[] utf8, int offset) {
    return utf8[offset] & 0x3F;
  }

  /**
   * Replaces each malformed byte by U+FFFD and writes overlong forms in their shortest.
   *
   * @param bytes any bytes
   * @param from first byte
   * @param to end, exclusive
   * @return a copy of the range with that done, or null if the range has nothing to repair
   */
  static byte[] repair(byte[] bytes, int from, int to) {
    int sound = from;
    while (sound < to) {
      int length = soundLength(bytes, sound, to);
      if (length == 0) {
        return repairFrom(bytes, from, sound, to);
      }
      sound += length;
    }
    return null;
  }

  private static byte[] repairFrom(byte[] bytes, int from, int firstFault, int to) {
    byte[] repaired =
        new byte[Math.addExact(firstFault - from, Math.multiplyExact(3, to - firstFault))];
    int count = firstFault - from;
    System.arraycopy(bytes, from, repaired, 0, count);
    for (int i = firstFault; i < to; ) {
      int length = announcedLength(bytes, i, to);
      int codePoint = length == 0 ? REPLACEMENT : codePointAt(bytes, i);
      count =
          append(repaired, count, codePoint > Character.MAX_CODE_POINT ? REPLACEMENT : codePoint);
      i += Math.max(length, 1);
    }
    return Arrays.copyOf(repaired, count);
  }

  /** Length of the sequence at an offset, or 0 if it is malformed, overlong or out of range. */
  private static int soundLength(byte[] bytes, int offset, int to) {
    if (bytes[offset] >= 0) {
      return 1;
    }
    int length = announcedLength(bytes, offset, to);
    if (length == 0) {
      return 0;
    }
    int codePoint = codePointAt(bytes, offset);
    return codePoint <= Character.MAX_CODE_POINT && shortest(codePoint) == length ? length : 0;
  }

  /** Length of the sequence at an offset, or 0 if its continuation bytes are not there. */
  private static int announcedLength(byte[] bytes, int offset, int to) {
    byte lead = bytes[offset];
    if (lead >= 0) {
      return 1;
    }
    int length = length(lead);
    if (length == 1 || (lead & 0xF8) == 0xF8 || offset + length > to) {
      return 0;
    }
    for (int i = 1; i < length; i++) {
      if ((bytes[offset + i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  private static int shortest(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  private static int append(byte[] out, int count, int codePoint) {
    int n = count;
    switch (shortest(codePoint)) {
      case 1 -> out[n++] = (byte) codePoint;
      case 2 -> {
        out[n++] = (byte) (0xC0 | codePoint >> 6);
        out[n++] = (byte) (0x80 | codePoint & 0x3F);
      }
      case 3 -> {
        out[n++] = (byte) (0xE0 | codePoint >> 12);
        out[n++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint & 0x3F);
      }
      default -> {
        out[n++] = (byte) (0xF0 | codePoint >> 18);
        out[n++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint & 0x3F);
      }
    }
    return n;
  }
}
