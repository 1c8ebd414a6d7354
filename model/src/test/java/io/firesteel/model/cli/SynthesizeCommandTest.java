package io.firesteel.model.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SynthesizeCommandTest {
  @TempDir Path folder;

  @Test
  void writesAModelOfTheShapeAskedFor() throws IOException {
    Path target = folder.resolve("model.gguf");
    ProgramRun run =
        run(
            "--architecture qwen3moe --layers 1 --hidden 256 --heads 4 --kv-heads 2 --head-size 64"
                + " --experts 4 --experts-used 2 --tied --mix Q8_0 -o "
                + target);
    assertEquals(0, run.code(), run.err());
    try (Gguf gguf = Gguf.open(target)) {
      assertEquals(1, gguf.metadata().integer("qwen3moe.block_count"));
      assertEquals(2, gguf.metadata().integer("qwen3moe.expert_used_count"));
      assertTrue(gguf.findTensor("output.weight").isEmpty());
    }
    assertTrue(run("--architecture qwen3 -o " + target).err().contains("--overwrite"));
  }

  @Test
  void changesTheNumbersOfAKnownModel() {
    ProgramRun run =
        run("Qwen3-30B-A3B --layers 2 --experts 16 --vocab-size 8192 --dry-run --tensors");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("[2048, 8192]"), run.out());
    assertTrue(run.out().contains("[768, 2048, 16]"), run.out());
    assertTrue(run.out().contains("in 27 tensors"), run.out());
  }

  @Test
  void plansTheLargeModelWithoutWritingIt() {
    ProgramRun run = run("qwen3-30b-a3b --dry-run -o " + folder.resolve("model.gguf"));
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("30.53 billion weights in 579 tensors, 18.6 GB"), run.out());
    assertTrue(Files.notExists(folder.resolve("model.gguf")));
  }

  @Test
  void listsTheKnownModels() {
    ProgramRun run = run("--list");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("Llama-3.1-8B"), run.out());
  }

  @ParameterizedTest
  @CsvSource({
    "no-such-model, there is no known model no-such-model",
    "--layers 3, neither a known MODEL nor an --architecture",
    "--architecture gpt9, --architecture gpt9 cannot be synthesised",
    "--architecture qwen3 --experts 4, qwen3 has no experts",
    "Qwen3-8B --experts 4, Qwen3-8B has no experts",
    "Qwen3-8B --architecture llama, has an architecture already",
    "Qwen3-8B --vocab-size 5, has 4096 tokens",
    "Qwen3-8B --kv-heads 5, 'heads 32, expected a multiple of 5'",
    "Qwen3-8B --mix Q9, --mix"
  })
  void saysWhatIsWrong(String arguments, String message) {
    ProgramRun run = run(arguments + " --dry-run");
    assertEquals(ExitCode.USAGE, run.code(), run.out());
    assertTrue(run.err().contains(message), run.err());
  }

  private static ProgramRun run(String arguments) {
    return ProgramRun.of(("synthesize " + arguments).split(" "));
  }
}
