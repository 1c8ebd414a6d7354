package io.firesteel.model.kv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Reads and writes key and value vectors in a page, in any {@link KvFormat}.
 *
 * <p>{@link KvFormat#F16} rounds to nearest, ties to even. {@link KvFormat#Q8} stores for each run
 * of {@link KvFormat#Q8_RUN} elements the scale {@code s = max|x| / 127} rounded to a half float,
 * and the bytes {@code round(x / s)}, ties to even, limited to ±127.
 */
public final class KvCodec {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final float LARGEST_HALF = 65504;

  private final KvLayout layout;

  /** For pages of the given layout. */
  public KvCodec(KvLayout layout) {
    this.layout = layout;
  }

  /**
   * Stores a key vector.
   *
   * @param page the page, {@code layout.pageBytes()} bytes
   * @param slot position modulo page size
   * @param source {@code headSize} floats from {@code from}
   */
  public void writeKey(MemorySegment page, int kvHead, int slot, float[] source, int from) {
    write(page, layout.keyOffset(kvHead, slot), layout.keyScaleOffset(kvHead, slot), source, from);
  }

  /** Stores a value vector; see {@link #writeKey}. */
  public void writeValue(MemorySegment page, int kvHead, int slot, float[] source, int from) {
    write(
        page,
        layout.valueOffset(kvHead, slot),
        layout.valueScaleOffset(kvHead, slot),
        source,
        from);
  }

  /**
   * Loads the keys of consecutive positions of one page.
   *
   * @param count number of positions from {@code slot} on, within the page
   * @param target output, {@code count * headSize} floats from {@code to}
   */
  public void readKeys(
      MemorySegment page, int kvHead, int slot, int count, float[] target, int to) {
    read(
        page,
        layout.keyOffset(kvHead, slot),
        layout.keyScaleOffset(kvHead, slot),
        count * layout.headSize(),
        target,
        to);
  }

  /** Loads the values of consecutive positions of one page; see {@link #readKeys}. */
  public void readValues(
      MemorySegment page, int kvHead, int slot, int count, float[] target, int to) {
    read(
        page,
        layout.valueOffset(kvHead, slot),
        layout.valueScaleOffset(kvHead, slot),
        count * layout.headSize(),
        target,
        to);
  }

  private void write(MemorySegment page, long at, long scaleAt, float[] source, int from) {
    int size = layout.headSize();
    switch (layout.format()) {
      case F32 -> MemorySegment.copy(source, from, page, FLOAT, at, size);
      case F16 -> {
        for (int i = 0; i < size; i++) {
          page.set(SHORT, at + 2L * i, Float.floatToFloat16(source[from + i]));
        }
      }
      case Q8 -> {
        for (int run = 0; run < size / KvFormat.Q8_RUN; run++) {
          int first = run * KvFormat.Q8_RUN;
          writeRun(page, at + first, scaleAt + 2L * run, source, from + first);
        }
      }
    }
  }

  private static void writeRun(
      MemorySegment page, long at, long scaleAt, float[] source, int from) {
    float largest = 0;
    for (int i = 0; i < KvFormat.Q8_RUN; i++) {
      largest = Math.max(largest, Math.abs(source[from + i]));
    }
    short half = Float.floatToFloat16(Math.min(largest / 127, LARGEST_HALF));
    float scale = Float.float16ToFloat(half);
    page.set(SHORT, scaleAt, half);
    for (int i = 0; i < KvFormat.Q8_RUN; i++) {
      double steps = scale == 0 ? 0 : Math.rint((double) source[from + i] / scale);
      page.set(ValueLayout.JAVA_BYTE, at + i, (byte) Math.clamp(steps, -127, 127));
    }
  }

  private void read(MemorySegment page, long at, long scaleAt, int count, float[] target, int to) {
    switch (layout.format()) {
      case F32 -> MemorySegment.copy(page, FLOAT, at, target, to, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          target[to + i] = Float.float16ToFloat(page.get(SHORT, at + 2L * i));
        }
      }
      case Q8 -> {
        for (int i = 0; i < count; i++) {
          float scale = Float.float16ToFloat(page.get(SHORT, scaleAt + 2L * (i / KvFormat.Q8_RUN)));
          target[to + i] = page.get(ValueLayout.JAVA_BYTE, at + i) * scale;
        }
      }
    }
  }
}
