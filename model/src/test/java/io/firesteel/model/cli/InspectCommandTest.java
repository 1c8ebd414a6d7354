package io.firesteel.model.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.Tensor;
import io.firesteel.model.EmbeddedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InspectCommandTest {
  @Test
  void theEmbeddedModelIsDescribed() {
    ProgramRun run = ProgramRun.of("inspect");
    assertEquals(ExitCode.OK, run.code(), run.err());
    assertTrue(run.out().contains("(qwen3moe)"), run.out());
    assertTrue(run.out().contains("6 layers, hidden 256, 4 query and 2 key/value heads of 128"));
    assertTrue(run.out().contains("general.architecture = qwen3moe"));
    assertFalse(run.out().contains("blk.0.attn_q.weight"));
    assertTrue(ProgramRun.of("inspect", "--tensors").out().contains("blk.0.attn_q.weight"));
  }

  @Test
  void jsonHoldsEveryTensorAndTheCacheOfTheContextAskedFor() {
    ProgramRun run = ProgramRun.of("inspect", "--json", "--context", "1000");
    JsonNode json = JsonMapper.shared().readTree(run.out());
    try (Gguf file = EmbeddedModel.open()) {
      assertEquals(file.tensors().size(), json.get("tensors").size());
      long bytes = file.tensors().stream().mapToLong(Tensor::bytes).sum();
      assertEquals(bytes, json.get("weightBytes").asLong());
    }
    // 16 pages of 64 positions, 6 layers, keys and values of 2 heads of 128.
    assertEquals(16L * 64 * 6 * 2 * 2 * 128 * 4, json.get("cacheBytes").get("f32").asLong());
    assertEquals(16L * 64 * 6 * 2 * 2 * 128 * 2, json.get("cacheBytes").get("f16").asLong());
    assertEquals(4096, json.get("metadata").get("tokenizer.ggml.tokens").size());
  }

  @Test
  void aFileThatIsNoModelIsRefusedInOneLine(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("story.gguf"), "Once upon a time");
    ProgramRun run = ProgramRun.of("inspect", file.toString());
    assertEquals(ExitCode.FAILURE, run.code());
    assertTrue(run.err().startsWith("firesteel: ") && run.err().contains("story.gguf"), run.err());
    assertEquals(1, run.err().strip().lines().count());
  }

  @Test
  void aContextOfNothingIsWrongUsage() {
    assertEquals(ExitCode.USAGE, ProgramRun.of("inspect", "--context", "0").code());
  }
}
