package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.file.Progress;
import io.firesteel.ptx.kernel.WeightPacking;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightUploadTest {
  private static final int PART_BYTES = 1000;

  /** Staging memory whose copies arrive only when it is waited for, as those of a device may. */
  private static final class LateStaging implements Staging {
    private final byte[] device;
    private final AtomicInteger open;
    private final MemorySegment memory = MemorySegment.ofArray(new byte[PART_BYTES]);
    private final List<Runnable> pending = new ArrayList<>();

    LateStaging(byte[] device, AtomicInteger open) {
      this.device = device;
      this.open = open;
      open.incrementAndGet();
    }

    @Override
    public MemorySegment memory() {
      pending.forEach(Runnable::run);
      pending.clear();
      return memory;
    }

    @Override
    public void send(long from, long bytes, long to) {
      MemorySegment target = MemorySegment.ofArray(device).asSlice(to, bytes);
      pending.add(() -> target.copyFrom(memory.asSlice(from, bytes)));
    }

    @Override
    public void close() {
      open.decrementAndGet();
      memory();
    }
  }

  private final AtomicInteger open = new AtomicInteger();

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"F32", "F16", "Q4_K", "Q6_K", "Q8_0", "Q4_0"})
  void partsBySeveralThreadsMakeTheSameBytesAsTheWhole(TensorType type) {
    byte[] blocks = new byte[type.blockBytes() * 1001];
    new Random(1).nextBytes(blocks);
    MemorySegment tensor = MemorySegment.ofArray(blocks);
    MemorySegment expected = MemorySegment.ofArray(new byte[blocks.length]);
    WeightPacking.of(type).pack(tensor, expected);
    int offset = 512;
    byte[] device = new byte[offset + blocks.length];
    List<WeightPart> parts = WeightPart.split(type, tensor, offset, PART_BYTES);
    assertTrue(parts.size() > 1);
    AtomicLong advanced = new AtomicLong();
    new WeightUpload(() -> new LateStaging(device, open), 3).run(parts, counter(advanced));
    byte[] found = MemorySegment.ofArray(device).asSlice(offset).toArray(ValueLayout.JAVA_BYTE);
    assertArrayEquals(expected.toArray(ValueLayout.JAVA_BYTE), found);
    assertEquals(blocks.length, advanced.get());
    assertEquals(0, open.get());
  }

  private static Progress.Task counter(AtomicLong units) {
    return new Progress.Task() {
      @Override
      public void advance(long more) {
        units.addAndGet(more);
      }

      @Override
      public void close() {
        // nothing to end
      }
    };
  }

  @Test
  void aFailureEndsTheUploadAndFreesTheStagingMemory() {
    MemorySegment tensor = MemorySegment.ofArray(new float[5000]);
    List<WeightPart> parts = WeightPart.split(TensorType.F32, tensor, 0, PART_BYTES);
    byte[] tooSmall = new byte[3000];
    WeightUpload upload = new WeightUpload(() -> new LateStaging(tooSmall, open), 2);
    assertThrows(
        IndexOutOfBoundsException.class, () -> upload.run(parts, counter(new AtomicLong())));
    assertEquals(0, open.get());
  }
}
