package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The npm packages {@code openai} and {@code @anthropic-ai/sdk} against the server, unchanged. */
@EnabledIfSystemProperty(
    named = "clients.npm",
    matches = "true",
    disabledReason = "takes packages from the npm registry; run with -Pnpm-clients")
class NpmClientsTest {
  private static final Path SCRIPTS = Path.of("src/test/node");
  private static final Path FOLDER = Path.of("target/npm-clients");

  @Test
  void talkToTheServerUnchanged() throws Exception {
    Files.createDirectories(FOLDER);
    for (String name : List.of("package.json", "package-lock.json", "clients.mjs")) {
      Files.write(FOLDER.resolve(name), Files.readAllBytes(SCRIPTS.resolve(name)));
    }
    assertEquals(0, run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
    try (TestServer server = TestServer.start()) {
      assertEquals(
          0, run("node", "clients.mjs", server.uri("").toString(), server.id()), "see above");
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(FOLDER.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    process.inputReader().lines().forEach(System.out::println);
    return process.waitFor();
  }
}
