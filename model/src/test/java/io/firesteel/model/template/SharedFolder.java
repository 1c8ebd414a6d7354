package io.firesteel.model.template;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds data that lies beside the checkout, in a folder {@code shared} of one of the folders above.
 */
final class SharedFolder {
  private SharedFolder() {}

  static Optional<Path> find(String name) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path candidate = folder.resolve("shared").resolve(name);
      if (Files.isDirectory(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
