package io.firesteel.bench.result;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A folder that git may know.
 *
 * @param folder the folder or one inside the checkout
 */
public record GitCheckout(Path folder) {
  /** What stands for a commit that is not known. */
  public static final String UNKNOWN = "unknown";

  /** The commit, with {@code +changes} where files that git tracks differ from it. */
  public String commit() {
    Optional<String> head = git("rev-parse", "--short=12", "HEAD");
    if (head.isEmpty()) {
      return UNKNOWN;
    }
    boolean clean = git("status", "--porcelain", "--untracked-files=no").orElse("?").isBlank();
    return head.get().strip() + (clean ? "" : "+changes");
  }

  /** What git prints, or nothing where it fails or is not there. */
  public Optional<String> git(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.of(out) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
