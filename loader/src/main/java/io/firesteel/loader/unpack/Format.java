package io.firesteel.loader.unpack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarUtils;

/** What a file is, by its first bytes. Names are not asked. */
enum Format {
  GGUF(Kind.MODEL, "GGUF model", "GGUF"),
  GZIP(Kind.COMPRESSED, "gzip file", "\\x1f\\x8b\\x08"),
  XZ(Kind.COMPRESSED, "xz file", "\\xfd7zXZ\\x00"),
  ZSTD(Kind.COMPRESSED, "zstd file", "\\x28\\xb5\\x2f\\xfd"),
  LZ4(Kind.COMPRESSED, "lz4 file", "\\x04\\x22\\x4d\\x18"),
  BZIP2(Kind.COMPRESSED, "bzip2 file", "BZh[1-9]1AY&SY"),
  ZIP(Kind.ARCHIVE, "zip archive", "PK(\\x03\\x04|\\x05\\x06)"),
  /** Told by the checksum of its header; it begins with a file's name. */
  TAR(Kind.ARCHIVE, "tar archive", "(?!)"),
  SEVEN_ZIP(Kind.OTHER, "7z archive", "7z\\xbc\\xaf\\x27\\x1c"),
  RAR(Kind.OTHER, "rar archive", "Rar!\\x1a\\x07"),
  LZ4_LEGACY(Kind.OTHER, "lz4 file in the legacy format", "\\x02\\x21\\x4c\\x18"),
  LFS_POINTER(
      Kind.OTHER,
      "Git LFS pointer, not the file it stands for (git lfs pull gets that)",
      "version https://git-lfs"),
  HTML(
      Kind.OTHER,
      "web page, not the file that was to be downloaded",
      "(?i)\\s*(<!doctype html|<html)"),
  EMPTY(Kind.OTHER, "file without contents", "\\z"),
  UNKNOWN(Kind.OTHER, "file of an unknown kind", "");

  /** What can be done with a format. */
  enum Kind {
    /** A GGUF file as it is. */
    MODEL,
    /** One file, made smaller. */
    COMPRESSED,
    /** Named files in one. */
    ARCHIVE,
    /** Nothing that leads to a model. */
    OTHER
  }

  /** How many bytes tell every format: a tar header. */
  static final int HEAD_BYTES = 512;

  private final Kind kind;
  private final String description;
  private final Pattern start;

  /**
   * Describes a format.
   *
   * @param start what the first bytes look like, each read as a character
   */
  Format(Kind kind, String description, String start) {
    this.kind = kind;
    this.description = description;
    this.start = Pattern.compile(start);
  }

  Kind kind() {
    return kind;
  }

  /** A noun for messages, to stand after "a". */
  String description() {
    return description;
  }

  /**
   * Recognises a file.
   *
   * @param head its first {@link #HEAD_BYTES} bytes, or all where there are fewer
   */
  static Format of(byte[] head) {
    if (isTar(head)) {
      return TAR;
    }
    String start = new String(withoutSkippableFrames(head), ISO_8859_1);
    for (Format format : values()) {
      if (format.start.matcher(start).lookingAt()) {
        return format;
      }
    }
    throw new AssertionError("UNKNOWN matches everything");
  }

  /** Recognises what a stream holds and leaves the stream where it is. */
  static Format peek(BufferedInputStream in) throws IOException {
    in.mark(HEAD_BYTES);
    byte[] head = in.readNBytes(HEAD_BYTES);
    in.reset();
    return of(head);
  }

  private static boolean isTar(byte[] head) {
    try {
      return head.length == HEAD_BYTES && TarUtils.verifyCheckSum(head);
    } catch (IllegalArgumentException e) {
      return false; // no number where a tar header has its checksum
    }
  }

  // Parallel zstd and lz4 writers put frames before the first real one: 184D2A5x, then a length.
  private static byte[] withoutSkippableFrames(byte[] head) {
    ByteBuffer rest = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    while (rest.remaining() >= 8 && (rest.getInt(rest.position()) & ~0xf) == 0x184D2A50) {
      long next = rest.position() + 8 + Integer.toUnsignedLong(rest.getInt(rest.position() + 4));
      if (next >= head.length) {
        return head;
      }
      rest.position((int) next);
    }
    return Arrays.copyOfRange(head, rest.position(), head.length);
  }
}
