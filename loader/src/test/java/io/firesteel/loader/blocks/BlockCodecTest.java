package io.firesteel.loader.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockLayout.Part;
import io.firesteel.loader.blocks.BlockLayout.Span;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class BlockCodecTest {
  private static final int BLOCKS = 400;

  /**
   * Random blocks give the same floats, bit by bit, as the dequantisation of llama.cpp's Python
   * package {@code gguf}: the sums are those of its results for the same bytes.
   */
  @ParameterizedTest
  @CsvSource({
    "F32, 689aaf22", "F16, 2a96fec0", "Q4_0, 4a8fde46", "Q4_1, e94db427", "Q5_0, b60e8715",
    "Q5_1, 5f643f48", "Q8_0, ce504e5c", "Q2_K, 11d30606", "Q3_K, c5537728", "Q4_K, 9d220412",
    "Q5_K, a1464965", "Q6_K, 4a591c84", "IQ4_NL, 9afb105b", "IQ4_XS, 79efd53b", "I8, b0097273",
    "I16, 67d5d723", "I32, d1892ec5", "I64, 2c2acd96", "F64, 8f7801db", "BF16, 491af40a",
    "MXFP4, 09e467d5",
  })
  void dequantisesAsLlamaCppDoes(TensorType type, String crc) {
    byte[] blocks = randomBlocks(type);
    float[] numbers = new float[BLOCKS * type.blockSize()];
    BlockCodec.of(type).dequantise(MemorySegment.ofArray(blocks), 0, numbers, 0, numbers.length);
    CRC32 sum = new CRC32();
    byte[] bits = new byte[4];
    for (float number : numbers) {
      LittleEndian.putInt(bits, 0, Float.floatToIntBits(number));
      sum.update(bits);
    }
    assertEquals(crc, "%08x".formatted(sum.getValue()));
  }

  @ParameterizedTest
  @EnumSource
  void readsAnyRowAtAnyAlignment(TensorType type) {
    if (!type.isReadable()) {
      assertTrue(
          assertThrows(IllegalArgumentException.class, () -> BlockCodec.of(type))
              .getMessage()
              .startsWith("tensor type " + type + " is not supported, expected one of [F32,"));
      return;
    }
    BlockCodec codec = BlockCodec.of(type);
    byte[] blocks = randomBlocks(type);
    float[] all = new float[BLOCKS * type.blockSize()];
    codec.dequantise(MemorySegment.ofArray(blocks), 0, all, 0, all.length);

    byte[] shifted = new byte[blocks.length + 3];
    System.arraycopy(blocks, 0, shifted, 3, blocks.length);
    int size = type.blockSize();
    float[] some = new float[5 * size + 2];
    Arrays.fill(some, 77);
    long offset = 3 + 123L * type.blockBytes();
    codec.dequantise(MemorySegment.ofArray(shifted), offset, some, 1, 5 * size);
    for (int i = 0; i < 5 * size; i++) {
      int expected = Float.floatToIntBits(all[123 * size + i]);
      assertEquals(expected, Float.floatToIntBits(some[1 + i]), type + " element " + i);
    }
    assertEquals(77, some[0]);
    assertEquals(77, some[some.length - 1]);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_NONE,
      names = {"I?Q\\d.*_(XXS|XS|S|M)", "Q8_1", "Q8_K", "TQ.*", "NVFP4", "Q1_0"})
  void layoutFillsTheBlock(TensorType type) {
    BlockLayout layout = BlockLayout.of(type);
    int end = 0;
    for (Span span : layout.spans().values()) {
      assertEquals(end, span.offset());
      end += span.bytes();
    }
    assertEquals(type.blockBytes(), end);
    int quantBytes =
        layout.spans().get(Part.QUANTS).bytes()
            + (layout.has(Part.QUANTS_HIGH) ? layout.spans().get(Part.QUANTS_HIGH).bytes() : 0);
    assertEquals(8 * quantBytes, layout.quantBits() * type.blockSize());
    assertEquals(type.blockSize(), layout.groups() * layout.groupSize());
  }

  @Test
  void refusesBlocksOutsideTheMemory() {
    BlockCodec codec = BlockCodec.of(TensorType.Q6_K);
    MemorySegment memory = MemorySegment.ofArray(new byte[420]);
    float[] target = new float[512];
    assertThrows(
        IndexOutOfBoundsException.class, () -> codec.dequantise(memory, 1, target, 0, 512));
    assertThrows(
        IndexOutOfBoundsException.class, () -> codec.dequantise(memory, 0, target, 256, 512));
  }

  private static byte[] randomBlocks(TensorType type) {
    byte[] blocks = new byte[BLOCKS * type.blockBytes()];
    new Random(type.id()).nextBytes(blocks);
    return blocks;
  }
}
