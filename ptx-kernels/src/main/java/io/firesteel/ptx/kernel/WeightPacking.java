package io.firesteel.ptx.kernel;

import io.firesteel.loader.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * How weights lie in device memory. Packing reorders bytes so that every lane can read 16 at a
 * time; it never changes the size of a tensor.
 *
 * <ul>
 *   <li>F32, F16, BF16, Q4_K (144-byte blocks) and Q5_K (176) stay as they are in the file.
 *   <li>Q6_K, Q8_0 and Q4_0 are split into two planes over the whole tensor: first the blocks
 *       without their half-float scale {@code d} (208, 32 and 16 bytes each, in order), then the
 *       scales (2 bytes each, in order). A Q6_K block keeps its order: 128 bytes of low bits, 64 of
 *       high bits, 16 scales.
 * </ul>
 *
 * <p>A tensor can be packed in pieces, as it is uploaded: a piece of blocks {@code first} and
 * following fills the same places of both planes.
 */
public enum WeightPacking {
  /** As in the file. */
  NONE(0, 0),
  /** Q6_K: scale behind the block. */
  Q6_K(210, 208),
  /** Q8_0: scale before the block. */
  Q8_0(34, 0),
  /** Q4_0: scale before the block. */
  Q4_0(18, 0);

  private static final int SCALE_BYTES = Short.BYTES;

  private final int blockBytes;
  private final int scaleOffset;

  WeightPacking(int blockBytes, int scaleOffset) {
    this.blockBytes = blockBytes;
    this.scaleOffset = scaleOffset;
  }

  /** The packing of a type's tensors. */
  public static WeightPacking of(TensorType type) {
    return switch (type) {
      case Q6_K -> Q6_K;
      case Q8_0 -> Q8_0;
      case Q4_0 -> Q4_0;
      default -> NONE;
    };
  }

  /** Bytes of a block in the first plane. */
  public int bodyBytes() {
    return blockBytes - SCALE_BYTES;
  }

  /**
   * Byte offset of the plane of scales in a packed tensor.
   *
   * @param blocks blocks of the whole tensor
   */
  public long scalesOffset(long blocks) {
    return blocks * bodyBytes();
  }

  /**
   * Packs a whole tensor.
   *
   * @param source blocks as in the file
   * @param target as many bytes
   * @throws IllegalArgumentException if the sizes differ or are no whole number of blocks
   */
  public void pack(MemorySegment source, MemorySegment target) {
    if (source.byteSize() != target.byteSize()) {
      throw new IllegalArgumentException(
          "target has " + target.byteSize() + " bytes, expected " + source.byteSize());
    }
    if (this == NONE) {
      target.copyFrom(source);
      return;
    }
    if (source.byteSize() % blockBytes != 0) {
      throw new IllegalArgumentException(
          "source has " + source.byteSize() + " bytes, expected a multiple of " + blockBytes);
    }
    long bodies = scalesOffset(source.byteSize() / blockBytes);
    pack(source, target.asSlice(0, bodies), target.asSlice(bodies));
  }

  /**
   * Packs a piece of a tensor into two buffers, which then go to their places in the planes.
   *
   * @param source whole blocks as in the file
   * @param bodies {@link #bodyBytes} for each block
   * @param scales two bytes for each block
   */
  public void pack(MemorySegment source, MemorySegment bodies, MemorySegment scales) {
    if (this == NONE) {
      throw new IllegalStateException("tensors without packing have no second plane");
    }
    long blocks = source.byteSize() / blockBytes;
    Objects.checkFromIndexSize(0, blocks * bodyBytes(), bodies.byteSize());
    int bodyOffset = scaleOffset == 0 ? SCALE_BYTES : 0;
    for (long b = 0; b < blocks; b++) {
      long at = b * blockBytes;
      MemorySegment.copy(source, at + bodyOffset, bodies, b * bodyBytes(), bodyBytes());
      scales.set(
          ValueLayout.JAVA_SHORT_UNALIGNED,
          b * SCALE_BYTES,
          source.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + scaleOffset));
    }
  }
}
