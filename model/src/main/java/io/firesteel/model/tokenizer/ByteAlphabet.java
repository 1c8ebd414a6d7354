package io.firesteel.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The printable stand-ins for bytes in which byte-level vocabularies are spelled (Radford et al.,
 * <i>Language Models are Unsupervised Multitask Learners</i>, 2019): printable Latin-1 characters
 * stand for themselves, the others for U+0100 and up in order.
 */
final class ByteAlphabet {

  private static final int NO_BYTE = -1;
  private static final int FIRST_BORROWED = 0x100;
  private static final int[] BYTES = bytes();

  private ByteAlphabet() {}

  private static int[] bytes() {
    int[] bytes = new int[FIRST_BORROWED + 256];
    Arrays.fill(bytes, NO_BYTE);
    int borrowed = FIRST_BORROWED;
    for (int b = 0; b < 256; b++) {
      bytes[standsForItself(b) ? b : borrowed++] = b;
    }
    return bytes;
  }

  private static boolean standsForItself(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xFF && b != 0xAD);
  }

  /** Whether a byte is spelled as the ASCII character that it is. */
  static boolean isSpelledAsAscii(byte b) {
    return b >= '!' && b <= '~';
  }

  private static int byteOf(int codePoint) {
    return codePoint < BYTES.length ? BYTES[codePoint] : NO_BYTE;
  }

  /**
   * The bytes that a text spells.
   *
   * @return the number of bytes written to {@code out}, or -1 if the text has characters outside
   *     the alphabet
   */
  static int decode(byte[] utf8, int from, int to, byte[] out) {
    int count = 0;
    for (int i = from; i < to; i += Utf8.length(utf8[i])) {
      int b = byteOf(Utf8.codePointAt(utf8, i));
      if (b == NO_BYTE) {
        return -1;
      }
      out[count++] = (byte) b;
    }
    return count;
  }

  /**
   * The bytes that a text spells; a character outside the alphabet shows as {@code [UNK_BYTE_0x<its
   * UTF-8 in hex><the text>]}.
   */
  static byte[] decodeLeniently(byte[] utf8) {
    byte[] decoded = new byte[utf8.length];
    int count = decode(utf8, 0, utf8.length, decoded);
    return count >= 0 ? Arrays.copyOf(decoded, count) : decodeMarkingUnknown(utf8);
  }

  private static byte[] decodeMarkingUnknown(byte[] utf8) {
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    for (int i = 0; i < utf8.length; ) {
      int length = Utf8.length(utf8[i]);
      int b = byteOf(Utf8.codePointAt(utf8, i));
      if (b != NO_BYTE) {
        decoded.write(b);
      } else {
        String hex = HexFormat.of().formatHex(utf8, i, i + length);
        decoded.writeBytes(("[UNK_BYTE_0x" + hex).getBytes(StandardCharsets.US_ASCII));
        decoded.writeBytes(utf8);
        decoded.write(']');
      }
      i += length;
    }
    return decoded.toByteArray();
  }
}
