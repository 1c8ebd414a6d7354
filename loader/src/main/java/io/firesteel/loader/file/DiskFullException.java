package io.firesteel.loader.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/** A file cannot be written because its disk, or its owner's quota, has no room for it. */
public final class DiskFullException extends IOException {
  private static final long serialVersionUID = 1;

  private DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The error for a file of a known size that would not fit. */
  static DiskFullException before(Path file, long needed, long free) {
    return new DiskFullException(
        "%s needs %s but its disk has only %s free: free %s there, or choose a folder on another disk"
            .formatted(
                file,
                ByteSize.format(needed),
                ByteSize.format(free),
                ByteSize.format(needed - free)),
        null);
  }

  /**
   * Explains an error met while writing: a {@code DiskFullException} that names the file and the
   * remedy if the disk ran full, else the error itself.
   */
  public static IOException explain(IOException error, Path file) {
    if (error instanceof DiskFullException || !isDiskFull(error)) {
      return error;
    }
    OptionalLong free = freeSpace(file);
    String left = free.isPresent() ? " (" + ByteSize.format(free.getAsLong()) + " free)" : "";
    return new DiskFullException(
        "the disk ran full while %s was written%s: free some space there, or choose a folder on another disk"
            .formatted(file, left),
        error);
  }

  /**
   * Fails if a file of a known size would not fit on its disk. A disk that cannot tell its free
   * space is let through.
   *
   * @param file the file to be written; its folder exists
   * @param needed its size in bytes
   * @throws DiskFullException if less than {@code needed} bytes are free for this user
   */
  public static void requireSpace(Path file, long needed) throws DiskFullException {
    OptionalLong free = freeSpace(file);
    if (free.isPresent() && free.getAsLong() < needed) {
      throw before(file, needed, free.getAsLong());
    }
  }

  private static OptionalLong freeSpace(Path file) {
    try {
      return OptionalLong.of(Files.getFileStore(AtomicFile.folderOf(file)).getUsableSpace());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  // The JDK has no exception of its own for a full disk; the system's words are all there is.
  private static boolean isDiskFull(IOException error) {
    String text = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains("no space left on device")
        || text.contains("quota exceeded")
        || text.contains("not enough space on the disk");
  }
}
