package io.firesteel.loader.unpack;

import io.firesteel.loader.file.Progress;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The part of the cache that belongs to one packed file:
 *
 * <pre>
 * NAME-PLACE/lock            held by the process that unpacks
 * NAME-PLACE/CONTENTS/       files and manifest; complete, because it is renamed to this name last
 * NAME-PLACE/CONTENTS.part/  being unpacked, or left by a process that died
 * </pre>
 */
final class CacheEntry {
  private static final String UNFINISHED = ".part";

  private final Path folder;
  private final Path complete;

  CacheEntry(Path folder, String contents) {
    this.folder = folder;
    this.complete = folder.resolve(contents);
  }

  /** Fills an empty folder, manifest included. */
  @FunctionalInterface
  interface Filling {
    void fill(Path folder) throws IOException;
  }

  /** The model's first file, or null if it has to be unpacked. */
  Path find() throws IOException {
    return Manifest.firstFile(complete);
  }

  /**
   * Unpacks, unless another process does so meanwhile: then waits for it.
   *
   * @return the model's first file
   */
  Path findOrFill(Progress progress, Filling filling) throws IOException {
    Files.createDirectories(folder);
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(channel, progress)) {
      if (!lock.isValid()) {
        throw new IOException("the lock on " + folder + " was lost");
      }
      Path found = find();
      return found != null ? found : fill(filling);
    }
  }

  private FileLock lock(FileChannel channel, Progress progress) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      try (Progress.Task _ =
          progress.begin(
              "wait for another process that unpacks " + folder.getFileName(),
              Progress.Unit.ITEMS,
              Progress.UNKNOWN)) {
        return channel.lock();
      }
    } catch (ClosedByInterruptException | FileLockInterruptionException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "no file can be locked in "
              + folder
              + " ("
              + e.getMessage()
              + "): choose a cache folder on a local disk",
          e);
    }
  }

  // With the lock held, whatever else lies here is abandoned or of an older source.
  private Path fill(Filling filling) throws IOException {
    removeOthers();
    Path unfinished = Files.createDirectory(folder.resolve(complete.getFileName() + UNFINISHED));
    try {
      filling.fill(unfinished);
      Files.move(unfinished, complete, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(
          folder + " cannot rename whole folders: choose another cache folder", e);
    } finally {
      removeTree(unfinished);
    }
    Path found = find();
    if (found == null) {
      throw new IOException(complete + " was changed while it was written");
    }
    return found;
  }

  private void removeOthers() throws IOException {
    List<Path> others = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
      paths.forEach(others::add);
    }
    for (Path other : others) {
      if (Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)) {
        removeTree(other);
      }
    }
  }

  private static void removeTree(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(tree)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
