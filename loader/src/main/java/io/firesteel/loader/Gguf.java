package io.firesteel.loader;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An open GGUF model file (version 2 or 3, little-endian). Tensor data are mapped into memory, not
 * read, whatever the file's size.
 *
 * <pre>{@code
 * try (Gguf gguf = Gguf.open(Path.of("model.gguf"))) {
 *   String architecture = gguf.metadata().string("general.architecture");
 *   Tensor embedding = gguf.tensor("token_embd.weight");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. After {@link #close}, access to tensor data throws {@link
 * IllegalStateException}; metadata stay usable.
 */
public final class Gguf implements AutoCloseable {
  private final Arena arena;
  private final GgufHeader header;
  private final Map<String, Tensor> tensors;

  private Gguf(Arena arena, GgufHeader header, Map<String, Tensor> tensors) {
    this.arena = arena;
    this.header = header;
    this.tensors = tensors;
  }

  /**
   * Opens a file.
   *
   * @throws GgufException if it is no GGUF file that can be used
   * @throws IOException if it cannot be opened or read
   */
  @SuppressWarnings("MustBeClosedChecker") // the arena is closed with the file
  public static Gguf open(Path path) throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      GgufHeader header = HeaderParser.parse(path.toString(), ByteSource.of(channel));
      MemorySegment map = channel.map(FileChannel.MapMode.READ_ONLY, 0, header.fileSize(), arena);
      return new Gguf(arena, header, tensors(header, map));
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Reads a model that is in memory already. Closing it leaves the memory alone.
   *
   * @param name what to call it in errors
   * @param image the bytes of a whole file
   * @throws GgufException if it is no GGUF file that can be used
   */
  public static Gguf of(String name, MemorySegment image) {
    GgufHeader header = HeaderParser.parse(name, ByteSource.of(image));
    return new Gguf(null, header, tensors(header, image.asReadOnly()));
  }

  private static Map<String, Tensor> tensors(GgufHeader header, MemorySegment map) {
    Map<String, Tensor> tensors = LinkedHashMap.newLinkedHashMap(header.tensors().size());
    for (GgufHeader.Entry entry : header.tensors()) {
      tensors.put(
          entry.name(),
          new Tensor(
              entry.name(),
              entry.type(),
              entry.shape(),
              map.asSlice(entry.offset(), entry.bytes()),
              header.file(),
              entry.offset()));
    }
    return tensors;
  }

  /** Name of the file, for messages. */
  public String name() {
    return header.file();
  }

  /** Version of the format, 2 or 3. */
  public int version() {
    return header.version();
  }

  /** Multiple at which each tensor's data begin, in bytes. */
  public long alignment() {
    return header.alignment();
  }

  /** Keys and values. */
  public Metadata metadata() {
    return header.metadata();
  }

  /** All tensors, in the file's order. */
  public List<Tensor> tensors() {
    return new ArrayList<>(tensors.values());
  }

  /** The tensor with a name, if there is one. */
  public Optional<Tensor> findTensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /**
   * The tensor with a name.
   *
   * @throws GgufException if there is none
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new GgufException(
          name(),
          GgufException.NO_OFFSET,
          "tensor " + HeaderParser.quoted(name),
          "is missing among the %d tensors of the file".formatted(tensors.size()));
    }
    return tensor;
  }

  /** Frees the map. Waits for no one: a thread that reads tensor data gets an exception. */
  @Override
  public void close() {
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }

  @Override
  public String toString() {
    return name() + " (" + tensors.size() + " tensors)";
  }
}
