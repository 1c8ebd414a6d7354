package io.firesteel.model.kv;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Where keys and values of one layer lie inside a page. The layout is the same for all engines, so
 * that a saved page can be restored by any of them.
 *
 * <p>A page holds {@link #pageTokens} consecutive positions of one layer. It consists of four
 * planes, each ordered {@code [kvHead][token][…]}: key elements, value elements, key scales, value
 * scales (the last two are empty unless the format is {@link KvFormat#Q8}). So the rows of one head
 * are contiguous over a page's tokens.
 *
 * @param format storage format
 * @param kvHeads number of key/value heads, at least 1
 * @param headSize elements of a key or value vector, a positive multiple of 32
 * @param pageTokens positions a page holds, a power of two
 */
public record KvLayout(KvFormat format, int kvHeads, int headSize, int pageTokens) {
  /** Checks the ranges stated above. */
  public KvLayout {
    Objects.requireNonNull(format, "format");
    if (kvHeads < 1) {
      throw new IllegalArgumentException("kvHeads is " + kvHeads + ", expected at least 1");
    }
    if (headSize < 1 || headSize % KvFormat.Q8_RUN != 0) {
      throw new IllegalArgumentException(
          "headSize is " + headSize + ", expected a positive multiple of " + KvFormat.Q8_RUN);
    }
    if (pageTokens < 1 || Integer.bitCount(pageTokens) != 1) {
      throw new IllegalArgumentException(
          "pageTokens is " + pageTokens + ", expected a power of two");
    }
  }

  /** Number of pages that {@code tokens} positions need. */
  public int pagesFor(int tokens) {
    return Math.ceilDiv(tokens, pageTokens);
  }

  /** Bytes of one page of one layer. */
  public long pageBytes() {
    return 2 * (planeBytes() + scalePlaneBytes());
  }

  /**
   * Byte offset inside a page of the key vector of {@code kvHead} at {@code slot} (position modulo
   * page size).
   */
  public long keyOffset(int kvHead, int slot) {
    return row(kvHead, slot) * headSize * format.elementBytes();
  }

  /** Byte offset inside a page of the value vector of {@code kvHead} at {@code slot}. */
  public long valueOffset(int kvHead, int slot) {
    return planeBytes() + keyOffset(kvHead, slot);
  }

  /** Byte offset inside a page of the key scales of {@code kvHead} at {@code slot}. */
  public long keyScaleOffset(int kvHead, int slot) {
    return 2 * planeBytes() + row(kvHead, slot) * format.scaleBytes(headSize);
  }

  /** Byte offset inside a page of the value scales of {@code kvHead} at {@code slot}. */
  public long valueScaleOffset(int kvHead, int slot) {
    return scalePlaneBytes() + keyScaleOffset(kvHead, slot);
  }

  /**
   * Zeroes the slots from {@code slot} on of one layer's page, so that what an earlier sequence
   * left there goes nowhere.
   *
   * @param page {@link #pageBytes} bytes
   * @param slot 0 to {@link #pageTokens}
   */
  public void clearFrom(MemorySegment page, int slot) {
    long elements = (long) (pageTokens - slot) * headSize * format.elementBytes();
    long scales = (long) (pageTokens - slot) * format.scaleBytes(headSize);
    for (int head = 0; head < kvHeads; head++) {
      page.asSlice(keyOffset(head, slot), elements).fill((byte) 0);
      page.asSlice(valueOffset(head, slot), elements).fill((byte) 0);
      page.asSlice(keyScaleOffset(head, slot), scales).fill((byte) 0);
      page.asSlice(valueScaleOffset(head, slot), scales).fill((byte) 0);
    }
  }

  private long row(int kvHead, int slot) {
    return (long) kvHead * pageTokens + slot;
  }

  private long planeBytes() {
    return (long) kvHeads * pageTokens * headSize * format.elementBytes();
  }

  private long scalePlaneBytes() {
    return (long) kvHeads * pageTokens * format.scaleBytes(headSize);
  }
}
