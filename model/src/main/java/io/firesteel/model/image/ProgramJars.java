package io.firesteel.model.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Copies the program's jars, without native libraries of other platforms. */
final class ProgramJars {
  private ProgramJars() {}

  /**
   * The jars of a class path.
   *
   * @param classPath entries separated as on this platform
   */
  static List<Path> of(String classPath, String separator) {
    List<Path> jars = Stream.of(classPath.split(Pattern.quote(separator))).map(Path::of).toList();
    for (Path jar : jars) {
      if (!jar.toString().endsWith(".jar") || !Files.isRegularFile(jar)) {
        throw new ImageException(
            "the program runs from " + jar + ", which is no jar: start it with ./firesteel");
      }
    }
    return jars;
  }

  static void copy(List<Path> jars, Path folder, Platform platform) throws IOException {
    for (Path jar : jars) {
      copy(jar, folder.resolve(jar.getFileName()), platform);
    }
  }

  private static void copy(Path jar, Path target, Platform platform) throws IOException {
    try (ZipFile source = ZipFile.builder().setPath(jar).get()) {
      boolean all =
          Collections.list(source.getEntries()).stream()
              .map(ZipArchiveEntry::getName)
              .allMatch(platform::wants);
      if (all) {
        Files.copy(jar, target);
        return;
      }
      try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(target)) {
        source.copyRawEntries(out, entry -> platform.wants(entry.getName()));
      }
    }
  }
}
