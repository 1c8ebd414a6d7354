package io.firesteel.ptx.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The {@code ptxas} program of an installed CUDA toolkit. */
final class Ptxas implements Assembler {
  @Override
  public boolean knows(Target target) {
    try {
      return run(List.of("ptxas", "--help")).output().contains("'" + target.label() + "'");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public Map<String, Usage> assemble(String module, Target target) {
    try {
      Path file = Files.createTempFile("kernels", ".ptx");
      try {
        Files.writeString(file, module);
        return assemble(file, target);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Usage> assemble(Path file, Target target) throws IOException {
    Result result =
        run(List.of("ptxas", "-v", "-arch=" + target.label(), "-o", "/dev/null", file.toString()));
    if (result.status() != 0) {
      throw new AssertionError(target.label() + ": " + result.output().lines().limit(20).toList());
    }
    return Assembler.parse(result.output());
  }

  private record Result(int status, String output) {}

  private static Result run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Result(process.waitFor(), output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + command, e);
    }
  }
}
