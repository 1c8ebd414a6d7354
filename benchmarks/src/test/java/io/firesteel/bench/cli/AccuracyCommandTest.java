package io.firesteel.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code accuracy} on the embedded model, and faults that it must find. */
class AccuracyCommandTest {
  @TempDir Path folder;

  private static ProgramRun accuracy(Object... arguments) {
    List<Object> words =
        new ArrayList<>(List.of("accuracy", "--json", "--chunk", 96, "--chunks", 2, "--greedy", 4));
    words.addAll(List.of(arguments));
    return ProgramRun.of(words.toArray());
  }

  @Test
  void theCpuAgreesWithItself() {
    ProgramRun run = accuracy("--engine", "cpu", "--probe", 100);
    assertEquals(0, run.code(), run.err());
    JsonNode result = run.json();
    assertEquals(2 * 47, result.get("rows").asInt());
    assertEquals(1, result.get("topAgreement").asDouble());
    assertTrue(result.get("divergence").get("max").asDouble() < 1e-6, "f16 against f32 keys");
    assertTrue(result.get("nmse").asDouble() < 1e-6);
    assertTrue(result.get("firstGreedyDifference").isNull());
    assertEquals(
        result.get("referencePerplexity").get("value").asDouble(),
        result.get("perplexity").get("value").asDouble(),
        1e-3);
    assertEquals(100, result.get("probes").get(0).get("context").asInt());
    assertTrue(result.get("passed").asBoolean());
  }

  @Test
  void coarserKeysCostLittleButSomething() {
    JsonNode result = accuracy("--engine", "cpu", "--kv", "q8").json();
    double divergence = result.get("divergence").get("mean").asDouble();
    assertTrue(divergence > 1e-9 && divergence < 0.01, "mean KL " + divergence);
    assertTrue(result.get("passed").asBoolean());
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrong-attention", "not-a-number"})
  void aWrongKernelIsCaught(String fault) {
    ProgramRun run = accuracy("--engine", fault);
    assertEquals(3, run.code(), run.err());
    assertFalse(run.json().get("passed").asBoolean());
    assertTrue(run.err().contains("FAILED text: "), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"logits", "logits.kld"})
  void storedLogitsServeAsReference(String name) {
    Path stored = folder.resolve(name);
    ProgramRun write = accuracy("--engine", "cpu", "--write-reference", stored);
    assertEquals(0, write.code(), write.err());
    assertTrue(Files.exists(stored));

    JsonNode same = accuracy("--engine", "cpu", "--reference", stored).json();
    assertEquals(94, same.get("rows").asInt());
    assertTrue(same.get("topAgreement").asDouble() > 0.98, same.toString());
    assertTrue(same.get("divergence").get("mean").asDouble() < 1e-4, same.toString());
    assertEquals(
        same.get("referencePerplexity").get("value").asDouble(),
        same.get("perplexity").get("value").asDouble(),
        1e-3);
    assertEquals(3, accuracy("--engine", "wrong-attention", "--reference", stored).code());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --reference no/such/file   | no/such/file does not exist
          --reference warp           | there is no engine named "warp"
          --probe 5                  | --probe is 5; give at least 64
          --chunk 1                  | --chunk is 1; give at least 4
          """)
  void refusesWhatItCannotCompare(String arguments, String message) {
    ProgramRun run = ProgramRun.of((Object[]) ("accuracy " + arguments).split(" "));
    assertTrue(run.code() == 1 || run.code() == 2, run.toString());
    assertTrue(run.err().contains(message), run.err());
  }
}
