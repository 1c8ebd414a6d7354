package io.firesteel.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.bench.result.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** {@code sign}, {@code verify} and {@code footprint}. */
class SignCommandTest {
  @TempDir Path folder;
  private Path result;
  private Path key;

  @BeforeEach
  void signAResult() throws IOException {
    result = folder.resolve("result.json");
    key = folder.resolve("my.key");
    Files.writeString(
        result,
        """
        {"benchmark": "bench", "commit": "abc", "file": {"name": "m.gguf", "sha256": "00ff"},
         "decode": [{"context": 0, "tokensPerSecond": 812.50}]}
        """);
    assertEquals(0, ProgramRun.of("sign", "--new-key", key).code());
    ProgramRun sign = ProgramRun.of("sign", result, "--key", key);
    assertEquals(0, sign.code(), sign.err());
  }

  private ProgramRun verify() {
    return ProgramRun.of("verify", result, "--key", folder.resolve("my.key.pub"));
  }

  @Test
  void aSignedResultIsAccepted() throws IOException {
    ProgramRun run = verify();
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("commit abc"), run.out());
    assertTrue(run.out().contains("m.gguf 00ff"), run.out());
    assertEquals(0, ProgramRun.of("verify", result).code());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
  }

  @Test
  void layoutDoesNotMatterAndEveryValueDoes() throws IOException {
    ObjectNode node = Json.read(result);
    Files.writeString(result, node.toString());
    assertEquals(0, verify().code());
    node.put("commit", "abd");
    Json.write(result, node);
    ProgramRun run = verify();
    assertEquals(3, run.code());
    assertTrue(run.out().startsWith("FAILED"), run.out());
  }

  @Test
  void anotherKeyIsNotTrusted() {
    Path other = folder.resolve("other");
    assertEquals(0, ProgramRun.of("sign", "--new-key", other).code());
    assertEquals(3, ProgramRun.of("verify", result, "--key", other + ".pub").code());
    assertEquals(1, ProgramRun.of("sign", "--new-key", other).code(), "keys are not overwritten");
  }

  @Test
  void theModelFileMustBeTheOneMeasured() throws IOException {
    Path model = folder.resolve("m.gguf");
    Files.writeString(model, "x");
    assertEquals(3, ProgramRun.of("verify", result, "--model", model).code());
  }

  @Test
  void whatIsNotSignedOrNamesNoCommitIsRefused() throws IOException {
    Files.writeString(result, "{\"benchmark\": \"bench\", \"commit\": \"unknown\"}");
    assertTrue(verify().err().contains("the result is not signed"), verify().err());
    ProgramRun sign = ProgramRun.of("sign", result, "--key", key);
    assertEquals(1, sign.code());
    assertTrue(sign.err().contains("names no commit"), sign.err());
  }

  @Test
  void theFootprintIsThatOfTheJars() throws IOException {
    Path lib = Files.createDirectory(folder.resolve("lib"));
    try (var zip = new ZipOutputStream(Files.newOutputStream(lib.resolve("firesteel-x-1.jar")))) {
      zip.putNextEntry(new ZipEntry("A.class"));
      zip.write(new byte[1000]);
      zip.putNextEntry(new ZipEntry("k.ptx"));
      zip.write(new byte[200]);
    }
    ProgramRun run = ProgramRun.of("footprint", "--lib", lib, "--beside", "key=" + key, "--json");
    assertEquals(0, run.code(), run.err());
    var sizes = run.json().get("sizes");
    assertEquals(1000, sizes.get(0).get("bytes").asLong());
    assertEquals(200, sizes.get(1).get("bytes").asLong());
    assertEquals("key", sizes.get(6).get("what").asString());
    assertEquals(Files.size(key), sizes.get(6).get("bytes").asLong());
  }
}
