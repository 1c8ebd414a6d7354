package io.firesteel.loader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

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
  private final Optional<Arena> arena;
  private final List<Part> parts;
  private final Map<String, Tensor> tensors;

  private Gguf(Optional<Arena> arena, List<Part> parts) {
    this.arena = arena;
    this.parts = parts;
    this.tensors = tensors(parts);
  }

  /** A file that stays open as long as it is mapped, so that its size can be asked for. */
  private record OpenFile(Path path, FileChannel channel) {}

  /** A part of the model: the file, unless it came from memory, and its bytes. */
  private record Part(Optional<OpenFile> file, GgufHeader header, MemorySegment bytes) {}

  /**
   * Opens a file, or all files of a split model by any of its parts.
   *
   * @throws GgufException if it is no GGUF file that can be used, or if parts are missing
   * @throws IOException if it cannot be opened or read
   */
  @SuppressWarnings("MustBeClosedChecker") // the arena is closed with the file
  public static Gguf open(Path path) throws IOException {
    Arena arena = Arena.ofShared();
    List<Part> parts = new ArrayList<>();
    try {
      parts.add(map(path, arena));
      Metadata metadata = parts.getFirst().header().metadata();
      if (SplitFiles.count(metadata) > 1) {
        mapOthers(path, parts, arena);
      }
      return new Gguf(Optional.of(arena), List.copyOf(parts));
    } catch (Throwable e) {
      close(arena, parts);
      throw e;
    }
  }

  private static void mapOthers(Path opened, List<Part> parts, Arena arena) throws IOException {
    List<Path> paths = SplitFiles.parts(opened, parts.getFirst().header().metadata());
    int place = paths.indexOf(opened);
    for (int i = 0; i < paths.size(); i++) {
      if (i != place) {
        parts.add(i, map(paths.get(i), arena));
      }
    }
    SplitFiles.requireConsistent(parts.stream().map(Part::header).toList());
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
    return new Gguf(
        Optional.empty(), List.of(new Part(Optional.empty(), header, image.asReadOnly())));
  }

  @SuppressWarnings("MustBeClosedChecker") // the channel is closed with the file
  private static Part map(Path path, Arena arena) throws IOException {
    requireRegularFile(path);
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      GgufHeader header = HeaderParser.parse(path.toString(), ByteSource.of(channel));
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, header.fileSize(), arena);
      return new Part(Optional.of(new OpenFile(path, channel)), header, bytes);
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  /** Folders cannot be mapped, and a pipe would block for ever. */
  private static void requireRegularFile(Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      String kind = Files.isDirectory(path) ? "a folder" : "a pipe or device";
      throw new GgufException(
          path.toString(),
          GgufException.NO_OFFSET,
          "file",
          "found " + kind + ", expected a regular file");
    }
  }

  private static Map<String, Tensor> tensors(List<Part> parts) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Part part : parts) {
      for (GgufHeader.Entry entry : part.header().tensors()) {
        Tensor before = tensors.put(entry.name(), tensor(entry, part));
        if (before != null) {
          throw new GgufException(
              part.header().file(),
              entry.offset(),
              "tensor " + HeaderParser.quoted(entry.name()),
              "found a second time, the first being in " + before.file());
        }
      }
    }
    return tensors;
  }

  private static Tensor tensor(GgufHeader.Entry entry, Part part) {
    return new Tensor(
        entry.name(),
        entry.type(),
        entry.shape(),
        part.bytes().asSlice(entry.offset(), entry.bytes()),
        part.header().file(),
        entry.offset());
  }

  private GgufHeader header() {
    return parts.getFirst().header();
  }

  /** Name of the file, of the first one if there are several, for messages. */
  public String name() {
    return header().file();
  }

  /** Version of the format, 2 or 3. */
  public int version() {
    return header().version();
  }

  /** Multiple at which each tensor's data begin, in bytes. */
  public long alignment() {
    return header().alignment();
  }

  /** Keys and values. */
  public Metadata metadata() {
    return header().metadata();
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

  /** Files of the model: several if it is split, none if it was in memory. */
  public List<Path> files() {
    return parts.stream().flatMap(part -> part.file().stream()).map(OpenFile::path).toList();
  }

  /** Bytes of all its files. */
  public long fileSize() {
    return parts.stream().mapToLong(part -> part.header().fileSize()).sum();
  }

  /**
   * Checks that Firesteel can compute with every tensor. Files with tensors of other types can be
   * listed all the same.
   *
   * @throws GgufException naming the first tensor whose type is not supported
   */
  public void requireReadable() {
    for (Tensor tensor : tensors.values()) {
      if (!tensor.type().isReadable()) {
        throw new GgufException(
            tensor.file(),
            tensor.offset(),
            "tensor " + HeaderParser.quoted(tensor.name()),
            "found type %s, which is not supported, expected one of %s"
                .formatted(tensor.type(), readableTypes()));
      }
    }
  }

  private static String readableTypes() {
    return Arrays.stream(TensorType.values())
        .filter(TensorType::isReadable)
        .map(TensorType::toString)
        .collect(Collectors.joining(", "));
  }

  /**
   * Checks that no file has become shorter since it was opened, as happens when it is downloaded
   * again in place. Reading tensor data that are gone is an error, but where is up to the JVM; this
   * tells beforehand.
   *
   * @throws GgufException naming the file
   * @throws IOException if a file's size cannot be found out
   */
  public void requireWhole() throws IOException {
    for (Part part : parts) {
      if (part.file().isPresent()) {
        long size = part.file().get().channel().size();
        if (size < part.header().fileSize()) {
          throw new GgufException(
              part.header().file(),
              size,
              "size of the file",
              "found %d bytes, expected %d as when it was opened: put the whole file back"
                  .formatted(size, part.header().fileSize()));
        }
      }
    }
  }

  /**
   * Frees the map. A thread that reads tensor data at this moment or later gets an {@link
   * IllegalStateException}. Closing twice does no harm.
   */
  @Override
  public void close() {
    if (arena.isPresent() && arena.get().scope().isAlive()) {
      close(arena.get(), parts);
    }
  }

  private static void close(Arena arena, List<Part> parts) {
    arena.close();
    for (Part part : parts) {
      part.file().ifPresent(Gguf::close);
    }
  }

  private static void close(OpenFile file) {
    try {
      file.channel().close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file.path(), e);
    }
  }

  @Override
  public String toString() {
    return name() + " (" + tensors.size() + " tensors)";
  }
}
