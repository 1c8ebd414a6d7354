package io.firesteel.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.bench.measure.Samples;
import io.firesteel.model.EmbeddedModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench} on the embedded model and the CPU, beside another program that is a script. */
class BenchCommandTest {
  @TempDir static Path folder;
  private static ProgramRun run;
  private static JsonNode result;

  @BeforeAll
  static void benchmarkBesideAnotherProgram() throws IOException {
    Path model = folder.resolve("tiny.gguf");
    try (InputStream in = EmbeddedModel.file()) {
      Files.copy(in, model);
    }
    Path adapter = folder.resolve("echo.properties");
    Files.writeString(
        adapter,
        """
        name = echo
        decode.command = echo {context}: 2.5 tok/s for {tokens}
        decode.rate = ([0-9.]+) tok/s
        """);
    Path config = folder.resolve("settings.properties");
    Files.writeString(config, "op.attention = java\n");
    Path out = folder.resolve("results/bench.json");
    run =
        ProgramRun.of(
            "bench",
            model,
            "--engine",
            "cpu",
            "--context",
            "70,0",
            "-n",
            4,
            "--prefill",
            32,
            "--batch",
            "1,2",
            "--warm-time",
            0,
            "--repeats",
            2,
            "--sampled",
            "--adapter",
            adapter,
            "--commit",
            "abc123",
            "--config",
            config,
            "--out",
            out);
    assertEquals(0, run.code(), run.err());
    result = JsonMapper.shared().readTree(out);
  }

  @Test
  void saysWhatWasMeasuredOnWhatAndHow() {
    assertEquals("bench", result.get("benchmark").asString());
    assertEquals("abc123", result.get("commit").asString());
    String command = result.get("command").asString();
    assertTrue(command.startsWith("firesteel bench "), command);
    assertTrue(command.contains("--batch 1,2 --warm-time 0 --repeats 2 "), command);
    assertEquals("cpu", result.get("engine").asString());
    assertTrue(!result.get("hardware").get("name").asString().isBlank());
    assertEquals("tiny.gguf", result.get("file").get("name").asString());
    assertEquals(
        "64fc8674827292795ee95529a252547241e63b5a1efb0b02f83afac9394c490d",
        result.get("file").get("sha256").asString());
    assertEquals("f16", result.get("settings").get("kv").asString());
    assertEquals("java", result.get("implementations").get("attention").asString());
    assertTrue(result.get("readCeilingBytesPerSecond").asDouble() > 1e8);
    assertTrue(result.get("loadSeconds").asDouble() > 0);
  }

  @Test
  void decodesAtEachDepthFromTheShortest() {
    JsonNode decode = result.get("decode");
    assertEquals(2, decode.size());
    assertEquals(0, decode.get(0).get("context").asInt());
    assertEquals(70, decode.get(1).get("context").asInt());
    for (JsonNode row : decode) {
      double[] samples = row.get("samples").valueStream().mapToDouble(JsonNode::asDouble).toArray();
      assertEquals(4, samples.length, "two rounds of two runs");
      assertEquals(new Samples(samples).median(), row.get("tokensPerSecond").asDouble());
      double share =
          row.get("tokensPerSecond").asDouble()
              * row.get("bytesPerStep").asDouble()
              / result.get("readCeilingBytesPerSecond").asDouble();
      assertEquals(share, row.get("shareOfCeiling").asDouble(), 1e-9);
    }
    assertEquals(2, result.get("sampled").size());
  }

  @Test
  void measuresSessionsTogetherAndPrompts() {
    assertEquals(1, result.get("batch").size());
    assertEquals(2, result.get("batch").get(0).get("batch").asInt());
    JsonNode prefill = result.get("prefill").get(0);
    assertEquals(32, prefill.get("tokens").asInt());
    assertEquals(
        32 / prefill.get("timeToFirstTokenSeconds").asDouble(),
        prefill.get("tokensPerSecond").asDouble(),
        0.2 * prefill.get("tokensPerSecond").asDouble());
  }

  @Test
  void comparesWithTheOtherProgramAtTheSameDepths() {
    JsonNode peer = result.get("peers").get(0);
    assertEquals("echo", peer.get("name").asString());
    JsonNode row = peer.get("decode").get(1);
    assertEquals(70, row.get("context").asInt());
    assertEquals(2.5, row.get("tokensPerSecond").asDouble());
    assertEquals(
        result.get("decode").get(1).get("tokensPerSecond").asDouble() / 2.5,
        row.get("ratio").asDouble(),
        1e-9);
    assertTrue(run.out().contains("ours is "), run.out());
  }

  @Test
  void fillsTheCacheWithCopiesWhenAsked() {
    ProgramRun copied =
        ProgramRun.of(
            "bench",
            "--engine",
            "cpu",
            "--context",
            "200",
            "-n",
            2,
            "--prefill",
            0,
            "--repeats",
            1,
            "--fill",
            "copy",
            "--json");
    assertEquals(0, copied.code(), copied.err());
    JsonNode json = copied.json();
    assertEquals("copy", json.get("settings").get("fill").asString());
    assertEquals(200, json.get("decode").get(0).get("context").asInt());
    assertEquals(0, json.get("prefill").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --tokens 0                      | --tokens is 0; give at least 1
          --context -1                    | --context is -1; give at least 0
          --batch 0                       | --batch is 0; give at least 1
          --compare no-such-program       | there is no file to compare on; name a model
          --engine warp                   | there is no engine named "warp"
          """)
  void refusesWhatItCannotMeasure(String arguments, String message) {
    Object[] words = ("bench " + arguments).split(" ");
    ProgramRun refused = ProgramRun.of(words);
    assertTrue(refused.code() == 1 || refused.code() == 2, refused.toString());
    assertTrue(refused.err().contains(message), refused.err());
  }
}
