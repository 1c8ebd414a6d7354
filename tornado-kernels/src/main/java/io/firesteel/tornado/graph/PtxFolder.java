package io.firesteel.tornado.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Files for prebuilt tasks, which TornadoVM reads when it compiles a graph. */
public final class PtxFolder implements AutoCloseable {
  private final Path folder;

  /** A folder among the temporary files. */
  public PtxFolder() {
    try {
      folder = Files.createTempDirectory("firesteel-ptx");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for PTX files can be made", e);
    }
  }

  /** Writes the code of an entry function, unless it is there. */
  Path file(String entry, String code) {
    Path file =
        folder.resolve(Integer.toHexString(entry.hashCode()) + "-" + entry.length() + ".ptx");
    try {
      if (!Files.exists(file)) {
        Files.writeString(file, code);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      // The system clears its temporary files; a closed engine must not fail over one.
      folder.toFile().deleteOnExit();
    }
  }
}
