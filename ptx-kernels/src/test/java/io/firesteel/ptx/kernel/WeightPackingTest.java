package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.loader.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightPackingTest {
  private static final int BLOCKS = 5;

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static byte[] packed(WeightPacking packing, byte[] source) {
    byte[] target = new byte[source.length];
    packing.pack(MemorySegment.ofArray(source), MemorySegment.ofArray(target));
    return target;
  }

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"F32", "F16", "BF16", "Q4_K", "Q5_K"})
  void typesThatCanBeReadSixteenBytesAtATimeStayAsTheyAre(TensorType type) {
    byte[] source = random(BLOCKS * type.blockBytes());
    assertArrayEquals(source, packed(WeightPacking.of(type), source));
  }

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"Q6_K", "Q8_0", "Q4_0"})
  void scalesMoveBehindTheBlocks(TensorType type) {
    WeightPacking packing = WeightPacking.of(type);
    int bytes = type.blockBytes();
    byte[] source = random(BLOCKS * bytes);
    byte[] target = packed(packing, source);
    int scaleInBlock = type == TensorType.Q6_K ? bytes - 2 : 0;
    int bodyInBlock = type == TensorType.Q6_K ? 0 : 2;
    assertEquals(bytes - 2, packing.bodyBytes());
    for (int b = 0; b < BLOCKS; b++) {
      for (int i = 0; i < packing.bodyBytes(); i++) {
        assertEquals(source[b * bytes + bodyInBlock + i], target[b * packing.bodyBytes() + i]);
      }
      for (int i = 0; i < 2; i++) {
        assertEquals(
            source[b * bytes + scaleInBlock + i],
            target[(int) packing.scalesOffset(BLOCKS) + 2 * b + i]);
      }
    }
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    MemorySegment odd = MemorySegment.ofArray(new byte[211]);
    assertThrows(IllegalArgumentException.class, () -> WeightPacking.Q6_K.pack(odd, odd));
    MemorySegment block = MemorySegment.ofArray(new byte[210]);
    assertThrows(IllegalArgumentException.class, () -> WeightPacking.Q6_K.pack(block, odd));
  }
}
