package io.firesteel.loader;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Reads numbers and texts one after another. Every length is checked against what is left of the
 * file before anything is allocated for it.
 */
final class HeaderReader {
  private static final int WINDOW = 1 << 16;

  private final String file;
  private final ByteSource source;
  private final ByteBuffer window;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private long windowStart;

  HeaderReader(String file, ByteSource source) {
    this.file = file;
    this.source = source;
    this.window =
        ByteBuffer.allocate((int) Math.min(WINDOW, source.size())).order(ByteOrder.LITTLE_ENDIAN);
    window.limit(0);
  }

  String file() {
    return file;
  }

  long size() {
    return source.size();
  }

  /** Where the next byte comes from. */
  long position() {
    return windowStart + window.position();
  }

  long left() {
    return source.size() - position();
  }

  /** The first bytes, fewer if the file is shorter, without moving on from them. */
  byte[] peek(int count) {
    int there = (int) Math.min(count, left());
    need(there, "magic");
    byte[] bytes = new byte[there];
    window.get(window.position(), bytes);
    return bytes;
  }

  int u8(String field) {
    need(Byte.BYTES, field);
    return window.get() & 0xFF;
  }

  short i16(String field) {
    need(Short.BYTES, field);
    return window.getShort();
  }

  int i32(String field) {
    need(Integer.BYTES, field);
    return window.getInt();
  }

  long u32(String field) {
    return i32(field) & 0xFFFF_FFFFL;
  }

  long i64(String field) {
    need(Long.BYTES, field);
    return window.getLong();
  }

  /**
   * A count of things that each take at least {@code bytesEach} bytes of the rest of the file, and
   * that end up in a Java array.
   */
  int count(String field, long bytesEach) {
    long start = position();
    long count = i64(field);
    long most = Math.min(left() / bytesEach, Integer.MAX_VALUE - 8);
    if (count < 0 || count > most) {
      throw error(
          start,
          field,
          "found %s, expected 0 to %d (%d bytes of the file are left)"
              .formatted(Long.toUnsignedString(count), most, left()));
    }
    return (int) count;
  }

  byte[] bytes(int count, String field) {
    if (count > left()) {
      throw truncated(position(), count, size(), field);
    }
    byte[] bytes = new byte[count];
    bytes(bytes, 0, count, field);
    return bytes;
  }

  void bytes(byte[] target, int at, int count, String field) {
    int done = 0;
    while (done < count) {
      need(1, field);
      int some = Math.min(count - done, window.remaining());
      window.get(target, at + done, some);
      done += some;
    }
  }

  String string(String field) {
    int length = count("length of " + field, 1);
    long start = position();
    byte[] bytes = bytes(length, field);
    return decode(bytes, 0, length, start, field).toString();
  }

  /** Decodes strictly; an error gives the offset of the first byte that is not UTF-8. */
  CharBuffer decode(byte[] bytes, int at, int length, long start, String field) {
    ByteBuffer input = ByteBuffer.wrap(bytes, at, length);
    try {
      return utf8.decode(input);
    } catch (CharacterCodingException e) {
      int bad = input.position() - at;
      throw error(
          start + bad, field, "found byte 0x%02X, expected UTF-8".formatted(bytes[at + bad]));
    }
  }

  GgufException error(long offset, String field, String problem) {
    return new GgufException(file, offset, field, problem);
  }

  private void need(int bytes, String field) {
    if (window.remaining() < bytes) {
      refill(bytes, field);
    }
  }

  private void refill(int bytes, String field) {
    long start = position();
    window.compact();
    windowStart = start;
    try {
      while (window.position() < bytes) {
        if (source.read(start + window.position(), window) < 0) {
          throw truncated(start, bytes, start + window.position(), field);
        }
      }
    } catch (IOException e) {
      throw new GgufException(file, start, field, "cannot be read: " + e.getMessage(), e);
    } finally {
      window.flip();
    }
  }

  private GgufException truncated(long start, long bytes, long end, String field) {
    return error(
        start,
        field,
        "the file ends after %d bytes, expected at least %d: it is incomplete, fetch it again"
            .formatted(end, start + bytes));
  }
}
