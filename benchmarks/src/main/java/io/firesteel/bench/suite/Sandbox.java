package io.firesteel.bench.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs Python code that a model wrote: in a child process without network (a namespace of its own),
 * without environment, in an empty folder that is removed afterwards, with limits on time, memory,
 * file size and processes. It is no defence against code that was written to break out of it.
 *
 * @param limit time that a program may take
 */
public record Sandbox(Duration limit) {
  private static final int MEGABYTES = 1024;

  /**
   * Whether a program ends by itself without an error.
   *
   * @throws IOException if it cannot be run: there is no Python, or no namespaces
   */
  public boolean passes(String program) throws IOException {
    Path folder = Files.createTempDirectory("firesteel-sandbox");
    try {
      Path file = folder.resolve("program.py");
      Files.writeString(file, program);
      return run(folder, file) == 0;
    } finally {
      remove(folder);
    }
  }

  /**
   * Checks that programs can be run.
   *
   * @throws IOException saying what is missing
   */
  public void requireUsable() throws IOException {
    if (!passes("pass\n") || passes("raise SystemExit(1)\n")) {
      throw new IOException(
          "code cannot be run in a sandbox here: python3, prlimit and unshare with user namespaces"
              + " are needed");
    }
  }

  private int run(Path folder, Path file) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "--net",
                "--pid",
                "--fork",
                "--kill-child"));
    command.addAll(
        List.of(
            "prlimit",
            "--cpu=" + (limit.toSeconds() + 1),
            "--as=" + (MEGABYTES << 20),
            "--fsize=" + (1 << 20),
            "--nofile=64",
            "--core=0"));
    command.addAll(List.of("python3", "-I", "-B", file.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().keySet().retainAll(List.of("PATH"));
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
