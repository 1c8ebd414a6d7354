package io.firesteel.loader.file;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of a few megabytes in memory, to be filled. Mounting one takes root on Linux. */
public final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts a disk of the given size, or skips the calling test where that cannot be done. */
  public static SmallDisk mount(int megabytes) {
    try {
      Path folder = Files.createTempDirectory("small-disk");
      String refusal =
          run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder);
      if (refusal != null) {
        Files.delete(folder);
      }
      assumeTrue(refusal == null, "no small disk could be mounted: " + refusal);
      return new SmallDisk(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its root folder, empty at first. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    String refusal = run("umount", "--lazy", folder);
    if (refusal != null) {
      throw new IOException(refusal);
    }
    Files.delete(folder);
  }

  /** Runs a command; null if it went well, else what it said. */
  private static String run(Object... command) {
    String[] words = new String[command.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = command[i].toString();
    }
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? null : said.strip();
    } catch (IOException e) {
      return e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }
}
