package io.firesteel.loader.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that comes into being whole. What is written goes to a temporary file in the target's
 * folder; {@link #commit} forces it to the disk and renames it over the target. Whatever happens
 * before that (an exception, {@code kill -9}, a power cut) leaves the old file, or none.
 *
 * <pre>{@code
 * AtomicFile.write(path, size, channel -> channel.write(buffer));
 * }</pre>
 *
 * <p>Temporary files are named {@code .NAME.PROCESS.NUMBER.part}. Those of processes that died are
 * removed when the same target is written again.
 */
public final class AtomicFile implements Closeable {
  private static final String SUFFIX = ".part";

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private boolean committed;

  private AtomicFile(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
  }

  /** What writes the contents of a file. */
  @FunctionalInterface
  public interface Body {
    /** Writes everything to a channel that is open for reading and writing at position 0. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes a file whole or not at all.
   *
   * @param target the file to create or to replace; its folder must exist
   * @param expectedSize bytes that will be written, to be checked against the free space, or 0 if
   *     not known
   * @throws DiskFullException if there is no room; the old file, if any, is left as it was
   */
  public static void write(Path target, long expectedSize, Body body) throws IOException {
    try (AtomicFile file = replacing(target, expectedSize)) {
      try {
        body.writeTo(file.channel());
        file.commit();
      } catch (IOException e) {
        throw DiskFullException.explain(e, target);
      }
    }
  }

  /**
   * Opens a temporary file that {@link #commit} will rename to {@code target}. Errors met while
   * writing to its channel should go through {@link DiskFullException#explain}.
   *
   * @param target the file to create or to replace; its folder must exist. A symbolic link is
   *     followed
   * @param expectedSize bytes that will be written, to be checked against the free space, or 0 if
   *     not known
   */
  public static AtomicFile replacing(Path target, long expectedSize) throws IOException {
    Path real = Files.isSymbolicLink(target) ? target.toRealPath() : target;
    Path folder = folderOf(real);
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(
          target.toString(), null, "the folder " + folder + " does not exist: create it first");
    }
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    if (Files.isDirectory(real)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "is a folder: name a file to write");
    }
    removeAbandoned(real);
    DiskFullException.requireSpace(real, expectedSize);
    while (true) {
      Path temporary = folder.resolve(temporaryName(real));
      FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (own(channel, temporary)) {
        return new AtomicFile(real, temporary, channel);
      }
      channel.close();
    }
  }

  /** The channel to write to. Several threads may write at positions of their own. */
  public FileChannel channel() {
    return channel;
  }

  /** Where the bytes are until {@link #commit}. */
  public Path temporary() {
    return temporary;
  }

  /**
   * Forces what was written to the disk and gives it the target's name, replacing what had it.
   * Nothing can be written afterwards.
   */
  public void commit() throws IOException {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw DiskFullException.explain(e, target);
    }
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    committed = true;
    forceFolder(folderOf(target));
    channel.close();
  }

  /** Removes the temporary file if it was not committed. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      Files.deleteIfExists(temporary);
    }
  }

  /** The folder that holds a file, which may be named relative to the current one. */
  static Path folderOf(Path file) {
    return file.toAbsolutePath().getParent();
  }

  // A lock tells the living from the dead: the system drops it with the process that held it.
  private static boolean own(FileChannel channel, Path temporary) throws IOException {
    try {
      channel.lock();
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      return true; // a file system without locks; its leftovers stay
    }
    // A sweeper that came between creation and lock has removed the file.
    return Files.exists(temporary);
  }

  private static void removeAbandoned(Path target) throws IOException {
    String mine = processTag();
    String start = "." + target.getFileName() + ".";
    try (DirectoryStream<Path> leftovers =
        Files.newDirectoryStream(folderOf(target), p -> isTemporary(p, start))) {
      for (Path leftover : leftovers) {
        // Closing any channel of a file drops all of this process's locks on it: leave ours alone.
        if (!leftover.getFileName().toString().startsWith(start + mine + ".")) {
          removeIfAbandoned(leftover);
        }
      }
    }
  }

  private static boolean isTemporary(Path path, String start) {
    String name = path.getFileName().toString();
    return name.startsWith(start)
        && name.substring(start.length()).matches("[0-9a-z]+-[0-9a-z]+\\.[0-9a-z]+\\" + SUFFIX);
  }

  private static void removeIfAbandoned(Path leftover) {
    try (FileChannel channel = FileChannel.open(leftover, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        Files.deleteIfExists(leftover);
      }
    } catch (IOException | OverlappingFileLockException e) {
      // Gone already, or another user's: it is not in our way.
    }
  }

  private static String temporaryName(Path target) {
    long number = ThreadLocalRandom.current().nextLong() & Long.MAX_VALUE;
    return "."
        + target.getFileName()
        + "."
        + processTag()
        + "."
        + Long.toString(number, 36)
        + SUFFIX;
  }

  /** Names this process: its id alone comes back, in containers even at once. */
  private static String processTag() {
    ProcessHandle self = ProcessHandle.current();
    long start = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return Long.toString(self.pid(), 36) + "-" + Long.toString(start, 36);
  }

  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no folder as a file; the rename is as durable there as it can be.
    }
  }
}
