package io.firesteel.bench.accuracy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Logits of a text in a file. There are two formats, both little-endian.
 *
 * <p>Exact: {@code fslogits}, then integers of 32 bits: chunk length, vocabulary, number of chunks,
 * number of greedy tokens, the chunks' tokens, the greedy tokens that follow the first half of the
 * first chunk; then for each scored position a row of 32-bit floats.
 *
 * <p>llama.cpp's ({@code llama-perplexity --kl-divergence-base}): {@code _logits_}, then integers:
 * chunk length, vocabulary, number of chunks, the chunks' tokens; then for each scored position two
 * floats, scale and least logarithm of a probability, and for each token a 16-bit step of that
 * scale, rounded up to an even number of them. Logits more than 16 below the largest are cut off.
 */
public final class LogitFile implements LogitSource {
  /** A format of such files. */
  public enum Format {
    /** Floats as they are. */
    EXACT("fslogits"),
    /** llama.cpp's, rounded to 16 bits. */
    LLAMA_CPP("_logits_");

    private final String magic;

    Format(String magic) {
      this.magic = magic;
    }

    byte[] magic() {
      return magic.getBytes(StandardCharsets.US_ASCII);
    }
  }

  private static final int MAGIC_BYTES = 8;
  private static final int SCALE_BYTES = 2 * Float.BYTES;
  private static final float DEEPEST = 16;
  private static final int STEPS = 65_535;

  private final Path path;
  private final FileChannel channel;
  private final Format format;
  private final Chunks chunks;
  private final int vocabulary;
  private final int[] greedy;
  private final long firstRow;

  private LogitFile(
      Path path, FileChannel channel, Format format, Chunks chunks, int vocabulary, int[] greedy)
      throws IOException {
    this.path = path;
    this.channel = channel;
    this.format = format;
    this.chunks = chunks;
    this.vocabulary = vocabulary;
    this.greedy = greedy;
    this.firstRow = channel.position();
  }

  /**
   * Opens a file.
   *
   * @param bos replaces the first token of each chunk; negative for none
   * @throws IOException if it is none of the formats, or too short
   */
  public static LogitFile open(Path path, int bos) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return open(path, channel, bos);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static LogitFile open(Path path, FileChannel channel, int bos) throws IOException {
    byte[] magic = new byte[MAGIC_BYTES];
    read(path, channel, MAGIC_BYTES).get(magic);
    Format format = format(path, magic);
    int header = format == Format.EXACT ? 4 : 3;
    ByteBuffer numbers = read(path, channel, header * Integer.BYTES);
    int length = numbers.getInt();
    int vocabulary = numbers.getInt();
    int count = numbers.getInt();
    int drawn = format == Format.EXACT ? numbers.getInt() : 0;
    boolean plausible = length >= 4 && vocabulary > 0 && count > 0 && drawn >= 0;
    if (!plausible || (long) length * count * Integer.BYTES > channel.size()) {
      throw new IOException(
          "%s: chunks of %d tokens, %d tokens in the vocabulary, %d chunks cannot be; the file is damaged"
              .formatted(path, length, vocabulary, count));
    }
    int[] tokens = integers(path, channel, length * count);
    int[] greedy = integers(path, channel, drawn);
    Chunks chunks = new Chunks(tokens, length, bos);
    LogitFile file = new LogitFile(path, channel, format, chunks, vocabulary, greedy);
    long expected = file.firstRow + (long) count * chunks.scored() * file.rowBytes();
    if (channel.size() < expected) {
      throw new IOException(
          "%s has %,d bytes, expected %,d: it was not written to its end"
              .formatted(path, channel.size(), expected));
    }
    return file;
  }

  private static Format format(Path path, byte[] magic) throws IOException {
    for (Format format : Format.values()) {
      if (Arrays.equals(format.magic(), magic)) {
        return format;
      }
    }
    throw new IOException(
        path + " holds no logits: it begins with neither fslogits nor llama.cpp's _logits_");
  }

  private static int[] integers(Path path, FileChannel channel, int count) throws IOException {
    int[] values = new int[count];
    read(path, channel, count * Integer.BYTES).asIntBuffer().get(values);
    return values;
  }

  private static ByteBuffer read(Path path, FileChannel channel, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException(path + " ends too early: it was not written to its end");
      }
    }
    return buffer.flip();
  }

  private int rowBytes() {
    return rowBytes(format, vocabulary);
  }

  private static int rowBytes(Format format, int vocabulary) {
    return format == Format.EXACT
        ? vocabulary * Float.BYTES
        : SCALE_BYTES + (vocabulary + 1) / 2 * 2 * Short.BYTES;
  }

  /** The text whose logits are in the file. */
  public Chunks chunks() {
    return chunks;
  }

  @Override
  public boolean isExact() {
    return format == Format.EXACT;
  }

  @Override
  public String name() {
    return path.getFileName() + (isExact() ? "" : " (llama.cpp)");
  }

  @Override
  public int vocabulary() {
    return vocabulary;
  }

  @Override
  public float[] rows(Chunks asked, int index) throws IOException {
    int count = chunks.scored();
    channel.position(firstRow + (long) index * count * rowBytes());
    float[] rows = new float[count * vocabulary];
    for (int row = 0; row < count; row++) {
      ByteBuffer bytes = read(path, channel, rowBytes());
      int offset = row * vocabulary;
      if (format == Format.EXACT) {
        bytes.asFloatBuffer().get(rows, offset, vocabulary);
      } else {
        float scale = bytes.getFloat();
        float least = bytes.getFloat();
        for (int i = 0; i < vocabulary; i++) {
          rows[offset + i] = scale * Short.toUnsignedInt(bytes.getShort()) + least;
        }
      }
    }
    return rows;
  }

  @Override
  public int[] greedy(int[] prompt, int count) {
    return Arrays.copyOf(greedy, Math.min(count, greedy.length));
  }

  /**
   * Writes what a source computes.
   *
   * @param greedy tokens drawn after the first half of the first chunk; only the exact format keeps
   *     them
   */
  public static void write(
      Path path, Format format, Chunks chunks, LogitSource source, int[] greedy)
      throws IOException {
    try (FileChannel out =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      int vocabulary = source.vocabulary();
      int[] drawn = format == Format.EXACT ? greedy : new int[0];
      ByteBuffer header =
          buffer(MAGIC_BYTES + Integer.BYTES * (4 + chunks.tokens().length + drawn.length));
      header.put(format.magic()).putInt(chunks.length()).putInt(vocabulary).putInt(chunks.count());
      if (format == Format.EXACT) {
        header.putInt(drawn.length);
      }
      Arrays.stream(chunks.tokens()).forEach(header::putInt);
      Arrays.stream(drawn).forEach(header::putInt);
      write(out, header);
      ByteBuffer bytes = buffer(rowBytes(format, vocabulary));
      for (int chunk = 0; chunk < chunks.count(); chunk++) {
        float[] rows = source.rows(chunks, chunk);
        for (int row = 0; row < chunks.scored(); row++) {
          bytes.clear();
          put(bytes, format, rows, row * vocabulary, vocabulary);
          write(out, bytes);
        }
      }
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
    bytes.flip();
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private static void put(
      ByteBuffer bytes, Format format, float[] rows, int offset, int vocabulary) {
    if (format == Format.EXACT) {
      for (int i = 0; i < vocabulary; i++) {
        bytes.putFloat(rows[offset + i]);
      }
      return;
    }
    float max = Float.NEGATIVE_INFINITY;
    float min = Float.POSITIVE_INFINITY;
    for (int i = 0; i < vocabulary; i++) {
      max = Math.max(max, rows[offset + i]);
      min = Math.min(min, rows[offset + i]);
    }
    min = Math.max(min, max - DEEPEST);
    float scale = (max - min) / STEPS;
    double normaliser = LogProbabilities.normaliser(rows, offset, vocabulary);
    bytes.putFloat(scale).putFloat((float) (min - normaliser));
    for (int i = 0; i < vocabulary; i++) {
      float above = rows[offset + i] - min;
      bytes.putShort((short) (above > 0 && scale > 0 ? Math.round(above / scale) : 0));
    }
    if (vocabulary % 2 == 1) {
      bytes.putShort((short) 0);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
