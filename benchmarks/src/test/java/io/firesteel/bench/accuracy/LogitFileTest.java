package io.firesteel.bench.accuracy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LogitFileTest {
  private static final int VOCABULARY = 7;
  private static final Chunks CHUNKS =
      new Chunks(new int[] {0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 6, 6}, 6, 3);

  @TempDir Path folder;

  /** Random logits, the same for the same chunk. */
  private static final class RandomLogits implements LogitSource {
    @Override
    public String name() {
      return "random";
    }

    @Override
    public int vocabulary() {
      return VOCABULARY;
    }

    @Override
    public boolean isExact() {
      return true;
    }

    @Override
    public float[] rows(Chunks chunks, int index) {
      Random random = new Random(index);
      float[] rows = new float[chunks.scored() * VOCABULARY];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = (float) (3 * random.nextGaussian());
      }
      return rows;
    }

    @Override
    public int[] greedy(int[] prompt, int count) {
      return new int[count];
    }

    @Override
    public void close() {}
  }

  private Path written(LogitFile.Format format) throws IOException {
    Path file = folder.resolve("logits");
    LogitFile.write(file, format, CHUNKS, new RandomLogits(), new int[] {4, 2});
    return file;
  }

  @ParameterizedTest
  @EnumSource(LogitFile.Format.class)
  void whatIsWrittenIsReadAgain(LogitFile.Format format) throws IOException {
    try (LogitFile file = LogitFile.open(written(format), 3)) {
      assertEquals(VOCABULARY, file.vocabulary());
      assertEquals(2, file.chunks().count());
      assertArrayEquals(new int[] {3, 1, 2, 3, 4, 5}, file.chunks().chunk(0));
      for (int chunk = 0; chunk < 2; chunk++) {
        float[] expected = new RandomLogits().rows(CHUNKS, chunk);
        float[] actual = file.rows(CHUNKS, chunk);
        Agreement agreement = new Agreement(VOCABULARY, true);
        for (int row = 0; row < CHUNKS.scored(); row++) {
          agreement.add(expected, actual, row, 0);
        }
        assertEquals(0, agreement.nmse().orElseThrow(), file.isExact() ? 0 : 1e-8);
      }
    }
  }

  @Test
  void theExactFormatKeepsTheGreedyTokens() throws IOException {
    try (LogitFile file = LogitFile.open(written(LogitFile.Format.EXACT), -1)) {
      assertArrayEquals(new int[] {4, 2}, file.greedy(new int[0], 10));
    }
  }

  /** Byte for byte as llama.cpp's perplexity tool lays it out. */
  @Test
  void llamaCppsFormatIsAsItsToolWritesIt() throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(written(LogitFile.Format.LLAMA_CPP)))
            .order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    bytes.get(magic);
    assertArrayEquals("_logits_".getBytes(StandardCharsets.US_ASCII), magic);
    assertEquals(6, bytes.getInt());
    assertEquals(VOCABULARY, bytes.getInt());
    assertEquals(2, bytes.getInt());
    int[] tokens = new int[12];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = bytes.getInt();
    }
    assertArrayEquals(Arrays.copyOf(CHUNKS.tokens(), 12), tokens, "as in the text, without BOS");
    int scored = 6 - 1 - 3;
    int row = 2 * ((VOCABULARY + 1) / 2) + 4;
    assertEquals(2 * scored * row * Short.BYTES, bytes.remaining());

    float[] logits = new RandomLogits().rows(CHUNKS, 0);
    float scale = bytes.getFloat();
    float least = bytes.getFloat();
    double sum = 0;
    for (int i = 0; i < VOCABULARY; i++) {
      sum += Math.exp(logits[i]);
    }
    for (int i = 0; i < VOCABULARY; i++) {
      double logProbability = scale * Short.toUnsignedInt(bytes.getShort()) + least;
      assertEquals(logits[i] - Math.log(sum), logProbability, scale);
    }
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    Path file = written(LogitFile.Format.EXACT);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    IOException cut = assertThrows(IOException.class, () -> LogitFile.open(file, -1));
    assertTrue(cut.getMessage().contains("was not written to its end"), cut.getMessage());
    Files.writeString(file, "something else entirely");
    IOException other = assertThrows(IOException.class, () -> LogitFile.open(file, -1));
    assertTrue(other.getMessage().contains("holds no logits"), other.getMessage());
  }
}
