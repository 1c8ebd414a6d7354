package io.firesteel.loader.unpack;

import io.firesteel.loader.TensorType;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where a GGUF file ends, by what its header declares. Read from a stream, before the tensors
 * arrive, so that the room for them can be asked for and nothing beyond them is written.
 *
 * @param end bytes up to the end of the last tensor
 * @param paddedEnd {@code end}, rounded up to the file's alignment
 */
record GgufExtent(long end, long paddedEnd) {
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final int MOST_DIMENSIONS = 8;
  private static final int DEEPEST_ARRAY = 4;
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  // Sizes of the metadata types 0 to 12; 0 where the size varies.
  private static final int[] SIZES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  /**
   * Reads a header.
   *
   * @param in a stream at the start of a GGUF file; more than the header may be read from it
   * @param mostBytes longest header to believe
   */
  static GgufExtent read(InputStream in, Path source, long mostBytes) throws IOException {
    return new Reader(in, source, mostBytes).extent();
  }

  private static final class Reader {
    private final DataInputStream in;
    private final Path source;
    private final long mostBytes;
    private long position;
    private long alignment = DEFAULT_ALIGNMENT;

    Reader(InputStream in, Path source, long mostBytes) {
      this.in = new DataInputStream(in);
      this.source = source;
      this.mostBytes = mostBytes;
    }

    GgufExtent extent() throws IOException {
      try {
        return readExtent();
      } catch (EOFException e) {
        throw bad("ends in its header, after %d bytes".formatted(position));
      } catch (ArithmeticException e) {
        throw bad("declares tensors of an impossible size");
      }
    }

    private GgufExtent readExtent() throws IOException {
      u32();
      long version = u32();
      if (version != 2 && version != 3) {
        throw bad(
            (version & 0xffff) == 0
                ? "is big-endian, which ggml does not define"
                : "has version %d; versions 2 and 3 are supported".formatted(version));
      }
      long tensors = u64();
      long keys = u64();
      for (long i = 0; i < keys; i++) {
        readPair();
      }
      long dataEnd = 0;
      for (long i = 0; i < tensors; i++) {
        dataEnd = Math.max(dataEnd, readTensorEnd());
      }
      long start = tensors == 0 ? position : padded(position);
      long end = Math.addExact(start, dataEnd);
      return new GgufExtent(end, padded(end));
    }

    private void readPair() throws IOException {
      String key = string();
      long type = u32();
      if (key.equals("general.alignment") && type == 4) {
        alignment = u32();
        if (alignment == 0 || alignment > 1 << 30) {
          throw bad("has an alignment of %d bytes".formatted(alignment));
        }
      } else {
        skipValue(type, 0);
      }
    }

    private void skipValue(long type, int depth) throws IOException {
      if (type < 0 || type >= SIZES.length) {
        throw bad("has metadata of the unknown type %d at byte %d".formatted(type, position));
      }
      if (type == STRING) {
        skip(u64());
      } else if (type != ARRAY) {
        skip(SIZES[(int) type]);
      } else if (depth == DEEPEST_ARRAY) {
        throw bad("nests arrays more than %d deep".formatted(DEEPEST_ARRAY));
      } else {
        skipArray(depth);
      }
    }

    private void skipArray(int depth) throws IOException {
      long type = u32();
      long count = u64();
      if (type >= 0 && type < SIZES.length && SIZES[(int) type] > 0) {
        skip(Math.multiplyExact(count, (long) SIZES[(int) type]));
        return;
      }
      for (long i = 0; i < count; i++) {
        skipValue(type, depth + 1);
      }
    }

    private long readTensorEnd() throws IOException {
      String name = string();
      long dimensions = u32();
      if (dimensions > MOST_DIMENSIONS) {
        throw bad(
            "has a tensor of %d dimensions (%s)".formatted(dimensions, EntryName.printable(name)));
      }
      long elements = 1;
      for (long i = 0; i < dimensions; i++) {
        elements = Math.multiplyExact(elements, u64());
      }
      long id = u32();
      long offset = u64();
      TensorType type = typeOf(id, name);
      long blocks = Math.ceilDiv(elements, (long) type.blockSize());
      return Math.addExact(offset, Math.multiplyExact(blocks, (long) type.blockBytes()));
    }

    private TensorType typeOf(long id, String name) throws UnpackException {
      return TensorType.ofId(id)
          .orElseThrow(
              () ->
                  bad(
                      "has a tensor of type %d (%s), which ggml does not define"
                          .formatted(id, EntryName.printable(name))));
    }

    private long padded(long size) {
      return Math.multiplyExact(Math.ceilDiv(size, alignment), alignment);
    }

    private String string() throws IOException {
      long length = u64();
      if (length > 1 << 16) {
        throw bad("has a name of %d bytes at byte %d".formatted(length, position));
      }
      return new String(bytes((int) length), StandardCharsets.UTF_8);
    }

    private long u32() throws IOException {
      take(4);
      return Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
    }

    private long u64() throws IOException {
      take(8);
      long value = Long.reverseBytes(in.readLong());
      if (value < 0) {
        throw bad("has a length of 2^63 or more at byte %d".formatted(position - 8));
      }
      return value;
    }

    private byte[] bytes(int count) throws IOException {
      take(count);
      byte[] bytes = new byte[count];
      in.readFully(bytes);
      return bytes;
    }

    private void skip(long count) throws IOException {
      take(count);
      in.skipNBytes(count);
    }

    private void take(long count) throws UnpackException {
      if (count > mostBytes - position) {
        throw bad("has a header of more than %d bytes (at byte %d)".formatted(mostBytes, position));
      }
      position += count;
    }

    private UnpackException bad(String problem) {
      return new UnpackException(source, "holds a GGUF file that cannot be used: it " + problem);
    }
  }
}
