package io.firesteel.loader.unpack;

import io.firesteel.loader.file.Progress;
import io.firesteel.loader.unpack.EntryName.Part;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Finds the plain GGUF file behind a path. A {@code .gguf} is returned as it is; a compressed one
 * ({@code .gz .xz .zst .lz4 .bz2}) or one in an archive ({@code .zip .tar .tar.*}) is unpacked into
 * a cache folder the first time and found there from then on. What a file is, its contents tell,
 * not its name.
 *
 * <pre>{@code
 * ModelCache cache = new ModelCache(ModelCache.defaultFolder(System.getenv(), home));
 * try (Gguf model = Gguf.open(cache.resolve(path, progress))) { ... }
 * }</pre>
 *
 * <p>Unpacking is whole or not at all: a kill, a full disk or damaged input leaves nothing that
 * would ever be used, and what a dead process left is removed the next time. When the packed file
 * changes, it is unpacked again and the old copy removed. Several processes may resolve the same
 * file at once: one unpacks, the others wait for it. The cache folder may be deleted at any time
 * while no model from it is open.
 */
public final class ModelCache {
  // File locks are held by whole processes; between the threads of this one they do nothing.
  private static final ReentrantLock ONE_THREAD = new ReentrantLock();

  private final Path folder;
  private final UnpackLimits limits;

  /**
   * A cache with the usual limits.
   *
   * @param folder where unpacked models are kept; made when needed
   */
  public ModelCache(Path folder) {
    this(folder, UnpackLimits.DEFAULT);
  }

  /**
   * A cache with limits of its own.
   *
   * @param folder where unpacked models are kept; made when needed
   * @param limits what a packed file may ask for
   */
  public ModelCache(Path folder, UnpackLimits limits) {
    this.folder = folder;
    this.limits = limits;
  }

  /**
   * The cache folder of a user, by the <a
   * href="https://specifications.freedesktop.org/basedir-spec/latest/">XDG base directory
   * specification</a>: {@code $XDG_CACHE_HOME/firesteel} if that variable holds an absolute path,
   * else {@code ~/.cache/firesteel}.
   *
   * @param environment variables by name, such as {@link System#getenv()}
   * @param home the user's home folder
   */
  public static Path defaultFolder(Map<String, String> environment, Path home) {
    String configured = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base =
        configured.isEmpty() || !Path.of(configured).isAbsolute()
            ? home.resolve(".cache")
            : Path.of(configured);
    return base.resolve("firesteel");
  }

  /**
   * Finds the plain file of a model, unpacking it if that was not done before.
   *
   * @param model a GGUF file, or a packed one; any part of a split model whose parts are compressed
   *     one by one
   * @param progress hears of unpacking, and of waiting for another process that unpacks
   * @return {@code model} itself if it is a GGUF file; else a file in the cache, the first one of a
   *     split model
   * @throws UnpackException if the file is neither, is damaged, or is refused as dangerous
   * @throws io.firesteel.loader.file.DiskFullException if there is no room to unpack it
   * @throws NoSuchFileException if there is no such file
   * @throws IOException if reading or writing fails
   */
  public Path resolve(Path model, Progress progress) throws IOException {
    if (!Files.isRegularFile(model)) {
      throw Files.exists(model)
          ? new UnpackException(model, "is not a file: name a GGUF file")
          : new NoSuchFileException(model.toString(), null, "there is no such file");
    }
    Format format = Decoders.formatOf(model);
    return switch (format.kind()) {
      case MODEL -> model;
      case COMPRESSED -> resolvePacked(partsOf(model.toRealPath()), progress);
      case ARCHIVE -> resolvePacked(List.of(model.toRealPath()), progress);
      case OTHER ->
          throw new UnpackException(
              model,
              "is a %s: name a GGUF file, plain, compressed (gz, xz, zst, lz4, bz2) or in a zip or tar archive"
                  .formatted(format.description()));
    };
  }

  private Path resolvePacked(List<Path> sources, Progress progress) throws IOException {
    SourceIdentity identity = SourceIdentity.of(sources);
    CacheEntry entry = entry(sources.getFirst(), identity);
    Path found = entry.find();
    if (found != null) {
      return found;
    }
    ONE_THREAD.lock();
    try {
      return entry.findOrFill(progress, target -> unpack(sources, identity, target, progress));
    } catch (AccessDeniedException e) {
      throw new IOException(e.getFile() + " cannot be written: choose a cache folder that can", e);
    } finally {
      ONE_THREAD.unlock();
    }
  }

  private CacheEntry entry(Path source, SourceIdentity identity) {
    String name = source.getFileName().toString().replaceAll("[^A-Za-z0-9._-]", "_");
    String readable = name.substring(0, Math.min(60, name.length()));
    return new CacheEntry(folder.resolve(readable + "-" + identity.place()), identity.contents());
  }

  private void unpack(List<Path> sources, SourceIdentity identity, Path target, Progress progress)
      throws IOException {
    Manifest.write(target, Unpacker.unpack(sources, target, limits, progress));
    if (!SourceIdentity.of(sources).equals(identity)) {
      throw new UnpackException(
          sources.getFirst(), "changed while it was unpacked: try again when it is complete");
    }
  }

  /** The compressed files that make up a model: one, or the parts of a split one. */
  private static List<Path> partsOf(Path source) throws UnpackException {
    String name = source.getFileName().toString();
    String stem = EntryName.withoutCompression(name);
    Part part = EntryName.part(stem);
    if (part == null) {
      return List.of(source);
    }
    String ending = name.substring(stem.length());
    List<Path> parts =
        IntStream.rangeClosed(1, part.count())
            .mapToObj(number -> source.resolveSibling(part.withNumber(number).fileName() + ending))
            .toList();
    for (Path sibling : parts) {
      if (!Files.isRegularFile(sibling)) {
        throw new UnpackException(
            source, "is part of a split model, of which " + sibling.getFileName() + " is missing");
      }
    }
    return parts;
  }
}
