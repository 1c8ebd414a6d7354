package io.firesteel.ptx.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.ptx.kernel.WeightPacking;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Neighbouring blocks of a tensor on their way to the device.
 *
 * @param type type of the tensor
 * @param source the blocks as in the file
 * @param first number of the first of them in the tensor
 * @param blocks blocks of the whole tensor
 * @param offset where the tensor begins in device memory
 */
public record WeightPart(
    TensorType type, MemorySegment source, long first, long blocks, long offset) {

  /** A tensor in parts of at most {@code bytes} bytes, or of one block. */
  public static List<WeightPart> split(
      TensorType type, MemorySegment tensor, long offset, long bytes) {
    long blockBytes = type.blockBytes();
    long blocks = tensor.byteSize() / blockBytes;
    long each = Math.max(1, bytes / blockBytes);
    List<WeightPart> parts = new ArrayList<>();
    for (long first = 0; first < blocks; first += each) {
      long count = Math.min(each, blocks - first);
      MemorySegment source = tensor.asSlice(first * blockBytes, count * blockBytes);
      parts.add(new WeightPart(type, source, first, blocks, offset));
    }
    return parts;
  }

  /** Packs the blocks and starts their copies. */
  public void send(Staging staging) {
    WeightPacking packing = WeightPacking.of(type);
    long bytes = source.byteSize();
    MemorySegment memory = staging.memory().asSlice(0, bytes);
    if (packing == WeightPacking.NONE) {
      memory.copyFrom(source);
      staging.send(0, bytes, offset + first * type.blockBytes());
      return;
    }
    long bodies = bytes / type.blockBytes() * packing.bodyBytes();
    int scaleBytes = type.blockBytes() - packing.bodyBytes();
    packing.pack(source, memory.asSlice(0, bodies), memory.asSlice(bodies));
    staging.send(0, bodies, offset + first * packing.bodyBytes());
    staging.send(
        bodies, bytes - bodies, offset + packing.scalesOffset(blocks) + first * scaleBytes);
  }
}
