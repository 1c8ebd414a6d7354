package io.firesteel.loader;

import io.firesteel.loader.file.AtomicFile;
import io.firesteel.loader.file.ByteSize;
import io.firesteel.loader.file.DiskFullException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes a GGUF file (version 3, little-endian). Metadata and the list of tensors are given first;
 * tensor data follow in pieces, in any order and from any number of threads, and never need to be
 * in memory together. The file comes into being at {@link #commit}, whole or not at all.
 *
 * <pre>{@code
 * try (GgufWriter writer = GgufWriter.create(path, metadata, tensors)) {
 *   writer.write("token_embd.weight", 0, blocks);
 *   writer.commit();
 * }
 * }</pre>
 *
 * <p>Tensors are laid out in the order given, each aligned to {@code general.alignment} (32 bytes
 * if there is no such key), with zeros between them and after the last.
 */
public final class GgufWriter implements Closeable {
  private static final int PIECE = 1 << 22;

  private final AtomicFile file;
  private final Path target;
  private final long size;
  private final Map<String, Slot> slots;

  private GgufWriter(AtomicFile file, Path target, long size, Map<String, Slot> slots) {
    this.file = file;
    this.target = target;
    this.size = size;
    this.slots = slots;
  }

  /** Where a tensor's data go and how many of its bytes have been written. */
  private record Slot(TensorSpec spec, long offset, AtomicLong written) {}

  /**
   * Begins a file.
   *
   * @param target the file to create or, at {@link #commit}, to replace
   * @param metadata keys and values, written in their order
   * @param tensors the tensors, in the order in which they are to stand in the file
   * @throws DiskFullException if there is no room for it
   */
  public static GgufWriter create(Path target, Metadata metadata, List<TensorSpec> tensors)
      throws IOException {
    requireUniqueNames(tensors);
    long alignment = HeaderParser.alignment(metadata);
    long[] offsets = new long[tensors.size()];
    long dataSize = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = dataSize;
      dataSize = HeaderParser.roundUp(dataSize + tensors.get(i).bytes(), alignment);
    }
    byte[] header = HeaderWriter.write(metadata, tensors, offsets);
    long dataStart = HeaderParser.roundUp(header.length, alignment);
    Map<String, Slot> slots = new HashMap<>();
    for (int i = 0; i < offsets.length; i++) {
      TensorSpec spec = tensors.get(i);
      slots.put(spec.name(), new Slot(spec, dataStart + offsets[i], new AtomicLong()));
    }
    long size = Math.addExact(dataStart, dataSize);
    AtomicFile file = AtomicFile.replacing(target, size);
    GgufWriter writer = new GgufWriter(file, target, size, slots);
    try {
      writer.writeAt(0, ByteBuffer.wrap(header));
      // The last byte, so that all padding is there whatever is written before it.
      writer.writeAt(Math.max(size - 1, header.length - 1), lastByte(header, size));
      return writer;
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  private static ByteBuffer lastByte(byte[] header, long size) {
    return ByteBuffer.wrap(new byte[] {size > header.length ? 0 : header[header.length - 1]});
  }

  private static void requireUniqueNames(List<TensorSpec> tensors) {
    Set<String> names = new HashSet<>();
    for (TensorSpec tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("two tensors named " + tensor.name());
      }
    }
  }

  /**
   * Writes a piece of a tensor.
   *
   * @param tensor name of the tensor
   * @param offset where the piece begins in the tensor's data, in bytes
   * @param piece the bytes; each byte of a tensor is to be written exactly once
   * @throws DiskFullException if the disk is full
   */
  public void write(String tensor, long offset, MemorySegment piece) throws IOException {
    Slot slot = slot(tensor);
    long bytes = piece.byteSize();
    if (offset < 0 || offset > slot.spec().bytes() - bytes) {
      throw new IllegalArgumentException(
          "%d bytes at %d of tensor %s, which has %d"
              .formatted(bytes, offset, tensor, slot.spec().bytes()));
    }
    for (long done = 0; done < bytes; done += PIECE) {
      long some = Math.min(PIECE, bytes - done);
      writeAt(slot.offset() + offset + done, buffer(piece.asSlice(done, some)));
    }
    slot.written().addAndGet(bytes);
  }

  /** Copies the data of a tensor of the same name and size from another file. */
  public void write(Tensor tensor) throws IOException {
    write(tensor.name(), 0, tensor.data());
  }

  /** Bytes of the finished file. */
  public long size() {
    return size;
  }

  /**
   * Puts the finished file in place.
   *
   * @throws IllegalStateException if the data of a tensor are not complete
   */
  public void commit() throws IOException {
    for (Slot slot : slots.values()) {
      if (slot.written().get() != slot.spec().bytes()) {
        throw new IllegalStateException(
            "%d bytes of tensor %s were written, expected %d"
                .formatted(slot.written().get(), slot.spec().name(), slot.spec().bytes()));
      }
    }
    file.commit();
  }

  /** Removes what was written if it was not committed. */
  @Override
  public void close() throws IOException {
    file.close();
  }

  private Slot slot(String tensor) {
    Slot slot = slots.get(tensor);
    if (slot == null) {
      throw new IllegalArgumentException("tensor " + tensor + " was not announced");
    }
    return slot;
  }

  /** Only native memory and byte arrays have a byte buffer of their own; others are copied. */
  private static ByteBuffer buffer(MemorySegment piece) {
    boolean viewable = piece.isNative() || piece.heapBase().orElse(null) instanceof byte[];
    return viewable ? piece.asByteBuffer() : ByteBuffer.wrap(piece.toArray(ValueLayout.JAVA_BYTE));
  }

  private void writeAt(long position, ByteBuffer bytes) throws IOException {
    FileChannel channel = file.channel();
    try {
      long at = position;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw DiskFullException.explain(e, target);
    }
  }

  @Override
  public String toString() {
    return "writer of " + target + " (" + ByteSize.format(size) + ")";
  }
}
