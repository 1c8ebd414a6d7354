package io.firesteel.model;

import io.firesteel.loader.file.AtomicFile;
import io.firesteel.model.engine.KvStorage;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * A session in a file, little-endian:
 *
 * <pre>
 * header   magic "FIRESESS", version (int), fingerprint of the model (32 bytes), layers, KV format (1
 *          F32, 2 F16, 3 Q8), KV heads, head size, tokens of a page, number of tokens (6 ints), CRC-32C (int)
 * tokens   ids (ints), one bit for each token, set if it was drawn (whole bytes), CRC-32C (int)
 * pages    for each page of all tokens but the last: its bytes in all layers, CRC-32C (int)
 * </pre>
 *
 * <p>Each checksum covers its section and, before it, the checksum of the section ahead of it, so
 * that sections can neither be exchanged nor left out. What decides a token is its history and the
 * number of tokens drawn before, so the bits are all that sampling needs.
 */
final class SessionFile {
  private static final long MAGIC = 0x53534553_45524946L; // "FIRESESS"
  private static final int VERSION = 1;
  private static final int FINGERPRINT_BYTES = 32;
  private static final int HEADER_BYTES =
      Long.BYTES + Integer.BYTES + FINGERPRINT_BYTES + 6 * Integer.BYTES;

  private final Scheduler scheduler;
  private final KvStorage kv;
  private final byte[] fingerprint;

  /** What else but pages a file holds. */
  record Tokens(int[] ids, BitSet drawn) {}

  SessionFile(Scheduler scheduler, byte[] fingerprint) {
    this.scheduler = scheduler;
    this.kv = scheduler.engine().kv();
    this.fingerprint = fingerprint.clone();
  }

  /** Writes a sequence; the file comes into being whole or not at all. */
  void save(Sequence sequence, Path target) throws IOException {
    int[] pages = sequence.pages();
    int[] tokens = sequence.tokens();
    long size = size(tokens.length, pages.length);
    AtomicFile.write(
        target,
        size,
        channel -> {
          int checksum = write(channel, header(tokens.length), 0);
          checksum = write(channel, tokens(tokens, sequence.drawnMarks()), checksum);
          writePages(channel, pages, sequence.positions(), checksum);
        });
  }

  private long size(int tokens, int pages) {
    long tokenBytes = (long) tokens * Integer.BYTES + Math.ceilDiv(tokens, 8) + Integer.BYTES;
    return HEADER_BYTES + Integer.BYTES + tokenBytes + pages * (kv.pageBytes() + Integer.BYTES);
  }

  private ByteBuffer header(int tokens) {
    KvLayout layout = kv.layout();
    return buffer(HEADER_BYTES)
        .putLong(MAGIC)
        .putInt(VERSION)
        .put(fingerprint)
        .putInt(kv.layers())
        .putInt(code(layout.format()))
        .putInt(layout.kvHeads())
        .putInt(layout.headSize())
        .putInt(layout.pageTokens())
        .putInt(tokens)
        .flip();
  }

  private static int code(KvFormat format) {
    return switch (format) {
      case F32 -> 1;
      case F16 -> 2;
      case Q8 -> 3;
    };
  }

  private static ByteBuffer tokens(int[] ids, BitSet drawn) {
    ByteBuffer section = buffer(ids.length * Integer.BYTES + Math.ceilDiv(ids.length, 8));
    for (int id : ids) {
      section.putInt(id);
    }
    section.put(drawn.toByteArray());
    return section.rewind();
  }

  private void writePages(FileChannel channel, int[] pages, int positions, int before)
      throws IOException {
    int checksum = before;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment page = arena.allocate(kv.pageBytes());
      for (int i = 0; i < pages.length; i++) {
        int number = pages[i];
        scheduler.call(
            () -> {
              kv.read(number, page);
              return null;
            });
        clearUnused(page, positions - i * kv.layout().pageTokens());
        checksum = write(channel, page.asByteBuffer(), checksum);
      }
    }
  }

  private void clearUnused(MemorySegment page, int used) {
    KvLayout layout = kv.layout();
    for (int layer = 0; used < layout.pageTokens() && layer < kv.layers(); layer++) {
      layout.clearFrom(page.asSlice(layer * layout.pageBytes(), layout.pageBytes()), used);
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int write(FileChannel channel, ByteBuffer section, int before) throws IOException {
    int checksum = checksum(section, before);
    writeFully(channel, section);
    writeFully(channel, buffer(Integer.BYTES).putInt(checksum).flip());
    return checksum;
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static int checksum(ByteBuffer section, int before) {
    CRC32C crc = new CRC32C();
    crc.update(buffer(Integer.BYTES).putInt(before).flip());
    crc.update(section.duplicate());
    return (int) crc.getValue();
  }

  /** Reads a file into an empty sequence. If it fails, the sequence must be closed. */
  void restore(Sequence sequence, Path source) throws IOException {
    try (FileChannel channel = FileChannel.open(source, StandardOpenOption.READ)) {
      new Reader(channel, source).restore(sequence);
    }
  }

  private final class Reader {
    private final FileChannel channel;
    private final Path source;
    private int checksum;

    Reader(FileChannel channel, Path source) {
      this.channel = channel;
      this.source = source;
    }

    void restore(Sequence sequence) throws IOException {
      int count = readHeader();
      Tokens tokens = readTokens(count);
      int pages = kv.layout().pagesFor(Math.max(0, count - 1));
      if (channel.size() != size(count, pages)) {
        throw damaged("has %,d bytes, expected %,d".formatted(channel.size(), size(count, pages)));
      }
      if (count > sequence.contextLength()) {
        throw new SessionFileException(
            source,
            "holds %,d tokens, more than the context of %,d: open the model with a longer one"
                .formatted(count, sequence.contextLength()));
      }
      readPages(sequence.restore(tokens.ids(), tokens.drawn()));
    }

    private int readHeader() throws IOException {
      ByteBuffer header = buffer(HEADER_BYTES);
      readUpTo(header);
      if (header.position() < Long.BYTES || header.getLong(0) != MAGIC) {
        throw new SessionFileException(source, "is no saved session");
      }
      if (header.position() >= Long.BYTES + Integer.BYTES && header.getInt(Long.BYTES) != VERSION) {
        throw new SessionFileException(
            source,
            "is version %d of saved sessions, expected %d: it was damaged or saved by another release"
                .formatted(header.getInt(Long.BYTES), VERSION));
      }
      verify(header, "header");
      header.position(Long.BYTES + Integer.BYTES);
      byte[] model = new byte[FINGERPRINT_BYTES];
      header.get(model);
      if (!Arrays.equals(model, fingerprint)) {
        throw new SessionFileException(
            source,
            "was saved with another model (fingerprint %s, expected %s): load that one"
                .formatted(shortened(model), shortened(fingerprint)));
      }
      requireSameCache(header.slice().order(ByteOrder.LITTLE_ENDIAN));
      int tokens = header.getInt(HEADER_BYTES - Integer.BYTES);
      if (tokens < 0 || (long) tokens * Integer.BYTES > channel.size()) {
        throw damaged("claims " + tokens + " tokens");
      }
      return tokens;
    }

    private void requireSameCache(ByteBuffer saved) throws IOException {
      ByteBuffer ours = header(0).position(HEADER_BYTES - 6 * Integer.BYTES).slice();
      ours.order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < 5; i++) {
        if (saved.getInt(i * Integer.BYTES) != ours.getInt(i * Integer.BYTES)) {
          throw new SessionFileException(
              source,
              "was saved with a KV cache of %s, this model was opened with %s: open it with the same"
                  .formatted(cache(saved), cache(ours)));
        }
      }
    }

    private static String cache(ByteBuffer numbers) {
      return "%d layers, %s, %d heads of %d, %d tokens a page"
          .formatted(
              numbers.getInt(0),
              formatName(numbers.getInt(4)),
              numbers.getInt(8),
              numbers.getInt(12),
              numbers.getInt(16));
    }

    private static String formatName(int code) {
      return Arrays.stream(KvFormat.values())
          .filter(format -> code(format) == code)
          .findFirst()
          .map(format -> "format " + format)
          .orElse("unknown format " + code);
    }

    private Tokens readTokens(int count) throws IOException {
      ByteBuffer section = buffer(count * Integer.BYTES + Math.ceilDiv(count, 8));
      readUpTo(section);
      verify(section, "token list");
      int[] ids = new int[count];
      section.asIntBuffer().get(ids);
      int vocabulary = scheduler.engine().vocabulary();
      for (int id : ids) {
        if (id < 0 || id >= vocabulary) {
          throw damaged("holds token " + id + ", expected 0 to " + (vocabulary - 1));
        }
      }
      BitSet drawn = BitSet.valueOf(section.position(count * Integer.BYTES));
      drawn.clear(count, Math.max(count, drawn.length()));
      return new Tokens(ids, drawn);
    }

    private void readPages(int[] pages) throws IOException {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment page = arena.allocate(kv.pageBytes());
        for (int number : pages) {
          ByteBuffer bytes = page.asByteBuffer();
          readUpTo(bytes);
          verify(bytes, "cache");
          scheduler.call(
              () -> {
                kv.write(number, page);
                return null;
              });
        }
      }
    }

    /** Checks the section just read, which is left ready to be read, against its checksum. */
    private void verify(ByteBuffer section, String what) throws IOException {
      ByteBuffer expected = buffer(Integer.BYTES);
      readUpTo(expected);
      if (section.hasRemaining() || expected.hasRemaining()) {
        throw damaged("ends within its " + what);
      }
      checksum = checksum(section.flip(), checksum);
      if (expected.getInt(0) != checksum) {
        throw damaged("has a wrong checksum in its " + what);
      }
    }

    private void readUpTo(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // the loop ends at the end of the file as well
      }
    }

    private SessionFileException damaged(String problem) {
      return new SessionFileException(
          source, problem + ": the file is damaged, restore it from a copy or start anew");
    }
  }

  private static String shortened(byte[] hash) {
    return HexFormat.of().formatHex(hash, 0, 6);
  }
}
