package io.firesteel.model.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KvLayoutTest {
  @ParameterizedTest
  @EnumSource(KvFormat.class)
  void everyByteOfAPageBelongsToOneSlot(KvFormat format) {
    KvLayout layout = new KvLayout(format, 3, 64, 8);
    byte[] owners = new byte[Math.toIntExact(layout.pageBytes())];
    for (int head = 0; head < 3; head++) {
      for (int slot = 0; slot < 8; slot++) {
        int elements = 64 * format.elementBytes();
        int scales = format.scaleBytes(64);
        count(owners, layout.keyOffset(head, slot), elements);
        count(owners, layout.valueOffset(head, slot), elements);
        count(owners, layout.keyScaleOffset(head, slot), scales);
        count(owners, layout.valueScaleOffset(head, slot), scales);
      }
    }
    for (byte owner : owners) {
      assertEquals(1, owner);
    }
  }

  private static void count(byte[] owners, long offset, int length) {
    for (int i = 0; i < length; i++) {
      owners[(int) offset + i]++;
    }
  }

  @ParameterizedTest
  @EnumSource(KvFormat.class)
  void clearingSlotsLeavesTheEarlierOnes(KvFormat format) {
    KvLayout layout = new KvLayout(format, 2, 32, 4);
    MemorySegment page = MemorySegment.ofArray(new byte[(int) layout.pageBytes()]);
    page.fill((byte) 7);
    layout.clearFrom(page, 3);
    long cleared = 0;
    for (long i = 0; i < page.byteSize(); i++) {
      cleared += page.get(ValueLayout.JAVA_BYTE, i) == 0 ? 1 : 0;
    }
    assertEquals(layout.pageBytes() / 4, cleared);
    assertEquals(0, page.get(ValueLayout.JAVA_BYTE, layout.valueOffset(1, 3)));
    assertEquals(7, page.get(ValueLayout.JAVA_BYTE, layout.valueOffset(1, 2)));
  }

  @Test
  void refusesShapesThatNoKernelCanRead() {
    assertThrows(IllegalArgumentException.class, () -> new KvLayout(KvFormat.F32, 0, 64, 8));
    assertThrows(IllegalArgumentException.class, () -> new KvLayout(KvFormat.F32, 1, 33, 8));
    assertThrows(IllegalArgumentException.class, () -> new KvLayout(KvFormat.F32, 1, 64, 9));
  }
}
