package io.firesteel.model.image;

import io.firesteel.loader.file.AtomicFile;
import io.firesteel.loader.file.Progress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;

/**
 * Packs an image into one file with its run bits: {@code .tar.gz}, {@code .tgz} or {@code .zip}.
 * Symbolic links become the files they stand for.
 */
final class ImageArchive {
  private static final int EXECUTABLE = 0755;
  private static final int PLAIN = 0644;

  private ImageArchive() {}

  /** Fails if the ending names no format. */
  static void requireKnown(Path archive) {
    if (!isZip(archive) && !isTar(archive)) {
      throw new ImageException(archive + " has an unknown ending: name it .tar.gz, .tgz or .zip");
    }
  }

  /**
   * Packs a folder.
   *
   * @param image its files come to lie in a folder of its name
   * @param archive the file to create or to replace
   */
  static void pack(Path image, Path archive, Progress progress) throws IOException {
    List<Path> files;
    try (Stream<Path> paths = Files.walk(image)) {
      files =
          paths
              .filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
              .sorted()
              .toList();
    }
    try (Progress.Task task =
        progress.begin("pack " + archive.getFileName(), Progress.Unit.ITEMS, files.size())) {
      AtomicFile.write(
          archive,
          0,
          channel -> {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            pack(image, files, archive, out, task);
          });
    }
  }

  private static void pack(
      Path image, List<Path> files, Path archive, OutputStream out, Progress.Task task)
      throws IOException {
    if (isZip(archive)) {
      ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out);
      add(image, files, zip, ImageArchive::zipEntry, task);
      out.flush();
    } else {
      GzipCompressorOutputStream gzip = new GzipCompressorOutputStream(out);
      TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip);
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      add(image, files, tar, ImageArchive::tarEntry, task);
      gzip.finish();
      out.flush();
    }
  }

  /** Makes the header of a file. */
  @FunctionalInterface
  private interface Header<E> {
    E of(String name, Path file, int mode) throws IOException;
  }

  private static <E extends ArchiveEntry> void add(
      Path image,
      List<Path> files,
      ArchiveOutputStream<E> out,
      Header<E> header,
      Progress.Task task)
      throws IOException {
    for (Path file : files) {
      String name = image.getFileName() + "/" + image.relativize(file);
      int mode = Files.isExecutable(file) ? EXECUTABLE : PLAIN;
      out.putArchiveEntry(header.of(name, file, mode));
      Files.copy(file, out);
      out.closeArchiveEntry();
      task.advance(1);
    }
    out.finish();
  }

  private static ZipArchiveEntry zipEntry(String name, Path file, int mode) throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setSize(Files.size(file));
    entry.setUnixMode(mode);
    entry.setLastModifiedTime(Files.getLastModifiedTime(file));
    return entry;
  }

  private static TarArchiveEntry tarEntry(String name, Path file, int mode) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
    entry.setSize(Files.size(file));
    entry.setMode(mode);
    entry.setLastModifiedTime(FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis()));
    return entry;
  }

  private static boolean isZip(Path archive) {
    return name(archive).endsWith(".zip");
  }

  private static boolean isTar(Path archive) {
    return name(archive).endsWith(".tar.gz") || name(archive).endsWith(".tgz");
  }

  private static String name(Path archive) {
    return archive.getFileName().toString().toLowerCase(Locale.ROOT);
  }
}
