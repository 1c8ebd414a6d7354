package io.firesteel.loader;

import java.nio.file.Files;
import java.nio.file.Path;

/** The embedded model, where its source lies. */
public final class TinyModel {
  private static final String FILE =
      "model/tiny-moe/src/main/resources/io/firesteel/tinymoe/tiny-moe-q4_k_m.gguf";

  private TinyModel() {}

  /** Its path, found by walking up from the working directory. */
  public static Path path() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      if (Files.exists(folder.resolve(FILE))) {
        return folder.resolve(FILE);
      }
      folder = folder.getParent();
    }
    throw new AssertionError(FILE + " is not above the working directory");
  }
}
