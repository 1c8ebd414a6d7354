package io.firesteel.model.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Bytes of an image by what they are, as they lie in it (jars are compressed).
 *
 * @param code Firesteel's own classes and resources
 * @param kernels sources of GPU kernels
 * @param model the embedded model
 * @param natives native libraries in jars
 * @param libraries other people's classes
 * @param jdk the Java runtime
 * @param other launcher, settings, licence
 */
public record ImageParts(
    long code, long kernels, long model, long natives, long libraries, long jdk, long other) {
  private static final ImageParts NONE = new ImageParts(0, 0, 0, 0, 0, 0, 0);

  /** All bytes. */
  public long total() {
    return code + kernels + model + natives + libraries + jdk + other;
  }

  private ImageParts plus(ImageParts that) {
    return new ImageParts(
        code + that.code,
        kernels + that.kernels,
        model + that.model,
        natives + that.natives,
        libraries + that.libraries,
        jdk + that.jdk,
        other + that.other);
  }

  /** Measures an image. */
  static ImageParts of(Path image) throws IOException {
    Path runtime = image.resolve(RuntimeImage.RUNTIME);
    Path jars = image.resolve(RuntimeImage.JARS);
    long jdk = size(runtime);
    long program = size(jars);
    ImageParts parts = new ImageParts(0, 0, 0, 0, 0, jdk, size(image) - jdk - program);
    try (Stream<Path> files = Files.list(jars)) {
      for (Path jar : files.toList()) {
        parts = parts.plus(ofJar(jar));
      }
    }
    return parts;
  }

  private static ImageParts ofJar(Path jar) throws IOException {
    boolean ours = jar.getFileName().toString().startsWith("firesteel-");
    ImageParts parts = NONE;
    try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
      List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
      for (ZipArchiveEntry entry : entries) {
        parts = parts.plus(ofEntry(entry.getName(), entry.getCompressedSize(), ours));
      }
    }
    long directory = Files.size(jar) - parts.total();
    return parts.plus(ofEntry("", directory, ours));
  }

  private static ImageParts ofEntry(String name, long size, boolean ours) {
    if (name.endsWith(".ptx") || name.endsWith(".cl") || name.endsWith(".ptxh")) {
      return new ImageParts(0, size, 0, 0, 0, 0, 0);
    }
    if (name.endsWith(".gguf")) {
      return new ImageParts(0, 0, size, 0, 0, 0, 0);
    }
    if (Platform.isNative(name)) {
      return new ImageParts(0, 0, 0, size, 0, 0, 0);
    }
    return ours ? new ImageParts(size, 0, 0, 0, 0, 0, 0) : new ImageParts(0, 0, 0, 0, size, 0, 0);
  }

  private static long size(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      return paths
          .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
          .mapToLong(ImageParts::sizeOfFile)
          .sum();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static long sizeOfFile(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
