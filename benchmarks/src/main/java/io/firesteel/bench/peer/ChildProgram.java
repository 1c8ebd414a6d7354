package io.firesteel.bench.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Runs another program to its end.
 *
 * @param command the program and its arguments
 */
record ChildProgram(List<String> command) {
  private static final int TAIL = 300;

  /**
   * Runs it.
   *
   * @return what it printed on standard output
   * @throws IOException if it cannot be started or ends with another code than 0; tells the end of
   *     what it said
   */
  String run() throws IOException {
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    CompletableFuture<String> errors =
        CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
    try {
      String out = text(process.getInputStream());
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException(
            "%s ended with code %d: …%s"
                .formatted(String.join(" ", command), code, tail(errors.join().strip())));
      }
      return out;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command.getFirst() + " ran", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String text(InputStream in) {
    try (in) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - TAIL));
  }
}
