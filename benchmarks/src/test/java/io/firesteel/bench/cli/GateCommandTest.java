package io.firesteel.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.bench.result.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code gate} on results that {@code bench} and {@code accuracy} really wrote. */
class GateCommandTest {
  @TempDir static Path folder;

  private static Path bench(String engine) {
    Path out = folder.resolve(engine + ".json");
    if (Files.exists(out)) {
      return out;
    }
    ProgramRun run =
        ProgramRun.of(
            "bench",
            "--engine",
            engine,
            "--context",
            0,
            "-n",
            2,
            "--prefill",
            0,
            "--repeats",
            2,
            "--out",
            out);
    assertEquals(0, run.code(), run.err());
    return out;
  }

  private static Path accuracy(String engine) {
    Path out = folder.resolve(engine + "-accuracy.json");
    if (Files.exists(out)) {
      return out;
    }
    ProgramRun.of(
        "accuracy", "--engine", engine, "--chunk", 96, "--chunks", 1, "--greedy", 4, "--out", out);
    return out;
  }

  @Test
  void aSlowerKernelIsCaught() {
    Path slow = bench("slow");
    ProgramRun run = ProgramRun.of("gate", bench("cpu"), slow, "--json");
    assertEquals(3, run.code(), run.err());
    JsonNode result = run.json();
    assertEquals("REJECT", result.get("verdict").asString());
    assertEquals("regression-0", result.get("reasons").get(0).asString());
    assertTrue(result.get("contexts").get(0).get("ratio").asDouble() < 0.98, result.toString());
  }

  @Test
  void aWrongKernelIsRejectedHoweverFastItIs() throws IOException {
    Path before = bench("cpu");
    ObjectNode faster = Json.read(before);
    JsonNode samples = faster.get("decode").get(0).get("samples");
    for (int i = 0; i < samples.size(); i++) {
      ((ArrayNode) samples).set(i, samples.get(i).asDouble() * 2);
    }
    Path after = folder.resolve("faster.json");
    Json.write(after, faster);

    ProgramRun right = ProgramRun.of("gate", before, after, "--accuracy", accuracy("cpu"));
    assertEquals(0, right.code(), right.err());
    assertTrue(right.out().contains("ACCEPT XL"), right.out());
    ProgramRun wrong =
        ProgramRun.of("gate", before, after, "--accuracy", accuracy("wrong-attention"));
    assertEquals(3, wrong.code(), wrong.err());
    assertTrue(wrong.out().contains("REJECT accuracy"), wrong.out());
  }

  @Test
  void thereMayBeNoBaselineYet() {
    ProgramRun run = ProgramRun.of("gate", folder.resolve("none.json"), bench("cpu"));
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().startsWith("BASELINE"), run.out());
  }

  @Test
  void resultsOfOtherFilesAndOtherCommandsAreRefused() throws IOException {
    Path before = bench("cpu");
    ObjectNode other = Json.read(before);
    ((ObjectNode) other.get("file")).put("sha256", "0123");
    Path after = folder.resolve("other.json");
    Json.write(after, other);
    ProgramRun run = ProgramRun.of("gate", before, after);
    assertEquals(1, run.code());
    assertTrue(run.err().contains("the model file of"), run.err());

    ProgramRun notBench = ProgramRun.of("gate", accuracy("cpu"), before);
    assertEquals(1, notBench.code());
    assertTrue(notBench.err().contains("is no result of 'firesteel bench'"), notBench.err());
  }

  @Test
  void namesTheAreasOfAGitRange() {
    Path result = bench("cpu");
    ProgramRun unknown =
        ProgramRun.of("gate", result, result, "--diff", "no-such-commit..neither-this");
    assertEquals(1, unknown.code());
    assertTrue(unknown.err().contains("git knows no range"), unknown.err());
  }
}
