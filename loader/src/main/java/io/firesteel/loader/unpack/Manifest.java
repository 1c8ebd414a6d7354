package io.firesteel.loader.unpack;

import io.firesteel.loader.file.AtomicFile;
import io.firesteel.loader.unpack.ModelFiles.Unpacked;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a folder of unpacked files should hold. Text: a line that names the format, then for each
 * file its name, size, CRC-32C and time of change.
 */
final class Manifest {
  private static final String NAME = "manifest";
  private static final String FIRST_LINE = "firesteel unpacked model 1";

  private Manifest() {}

  /** Writes the manifest of a folder that holds exactly {@code files}. */
  static void write(Path folder, List<Unpacked> files) throws IOException {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    for (Unpacked file : files) {
      text.append(file.name())
          .append(' ')
          .append(file.size())
          .append(' ')
          .append(Long.toHexString(file.checksum()))
          .append(' ')
          .append(Files.getLastModifiedTime(folder.resolve(file.name())))
          .append('\n');
    }
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
    AtomicFile.write(folder.resolve(NAME), bytes.remaining(), channel -> channel.write(bytes));
  }

  /**
   * The first file of a folder whose files are as they were when its manifest was written; null if
   * there is none or anything was changed.
   */
  static Path firstFile(Path folder) throws IOException {
    Path manifest = folder.resolve(NAME);
    if (!Files.isRegularFile(manifest)) {
      return null;
    }
    List<String> lines = Files.readAllLines(manifest);
    if (lines.size() < 2 || !lines.getFirst().equals(FIRST_LINE)) {
      return null;
    }
    List<Path> files = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.split(" ");
      Path file = folder.resolve(words[0]);
      boolean same =
          words.length == 4
              && Files.isRegularFile(file)
              && Long.toString(Files.size(file)).equals(words[1])
              && Files.getLastModifiedTime(file).toString().equals(words[3]);
      if (!same) {
        return null;
      }
      files.add(file);
    }
    return files.getFirst();
  }
}
