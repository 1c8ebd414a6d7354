package io.firesteel.model.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.Tensor;
import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.Requantiser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantiseCommandTest {
  @TempDir Path folder;

  @Test
  void writesEveryMatrixInTheTypeAskedFor() throws IOException {
    Path target = folder.resolve("q8.gguf");
    ProgramRun run = run("--type q8_0 -o " + target);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("in Q8_0"), run.out());
    try (Gguf gguf = Gguf.open(target)) {
      for (Tensor tensor : gguf.tensors()) {
        assertEquals(
            Requantiser.isWeightMatrix(tensor) ? TensorType.Q8_0 : TensorType.F32,
            tensor.type(),
            tensor.name());
      }
    }
  }

  @Test
  void keepsAFileThatIsThere() throws IOException {
    Path target = Files.writeString(folder.resolve("mine.gguf"), "mine");
    ProgramRun run = run("--type f16 -o " + target);
    assertEquals(ExitCode.USAGE, run.code());
    assertTrue(run.err().contains("--overwrite"), run.err());
    assertEquals("mine", Files.readString(target));
    assertEquals(0, run("--type f16 --overwrite -o " + target).code());
  }

  @ParameterizedTest
  @CsvSource({
    "--type q9_k -o x.gguf, --type q9_k cannot be written; choose one of F32",
    "--type i32 -o x.gguf, --type i32 cannot be written",
    "--type q4_k, --output",
    "-o x.gguf, --type"
  })
  void saysWhatIsWrong(String arguments, String message) {
    ProgramRun run = run(arguments);
    assertEquals(ExitCode.USAGE, run.code(), run.out());
    assertTrue(run.err().contains(message), run.err());
  }

  private static ProgramRun run(String arguments) {
    return ProgramRun.of(("quantise " + arguments).split(" "));
  }
}
