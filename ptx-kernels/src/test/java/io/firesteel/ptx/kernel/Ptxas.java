package io.firesteel.ptx.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NVIDIA's assembler, where a CUDA toolkit is installed. */
final class Ptxas {
  /**
   * What a kernel uses, as ptxas reports it.
   *
   * @param registers registers of a thread
   * @param spillBytes bytes spilled to local memory, stores and loads together
   * @param stackBytes bytes of local memory of a thread
   * @param sharedBytes static shared memory of a CTA
   */
  record Usage(int registers, int spillBytes, int stackBytes, int sharedBytes) {}

  private static final Pattern ENTRY = Pattern.compile("Compiling entry function '(\\w+)'");
  private static final Pattern STACK =
      Pattern.compile(
          "(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
  private static final Pattern USED = Pattern.compile("Used (\\d+) registers");
  private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

  private Ptxas() {}

  /** Whether ptxas can be run and knows the target. */
  static boolean knows(Target target) {
    try {
      Process process = new ProcessBuilder("ptxas", "--help").redirectErrorStream(true).start();
      String help =
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      return help.contains("'" + target.label() + "'");
    } catch (IOException e) {
      return false;
    }
  }

  /** Assembles a module and returns what each entry uses; fails with ptxas's own words. */
  static Map<String, Usage> assemble(String module, Target target) {
    try {
      Path file = Files.createTempFile("kernels", ".ptx");
      try {
        Files.writeString(file, module);
        return run(file, target);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static Map<String, Usage> run(Path file, Target target)
      throws IOException, InterruptedException {
    List<String> command =
        List.of("ptxas", "-v", "-arch=" + target.label(), "-o", "/dev/null", file.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(target.label() + ": " + output.lines().limit(20).toList());
    }
    return parse(output);
  }

  private static Map<String, Usage> parse(String output) {
    Map<String, Usage> usages = new HashMap<>();
    String entry = "";
    int stack = 0;
    int spills = 0;
    for (String line : output.lines().toList()) {
      Matcher m = ENTRY.matcher(line);
      if (m.find()) {
        entry = m.group(1);
      }
      m = STACK.matcher(line);
      if (m.find()) {
        stack = Integer.parseInt(m.group(1));
        spills = Integer.parseInt(m.group(2)) + Integer.parseInt(m.group(3));
      }
      m = USED.matcher(line);
      if (m.find()) {
        Matcher shared = SHARED.matcher(line);
        int bytes = shared.find() ? Integer.parseInt(shared.group(1)) : 0;
        usages.put(entry, new Usage(Integer.parseInt(m.group(1)), spills, stack, bytes));
      }
    }
    return usages;
  }
}
