package io.firesteel.loader.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.GgufException;
import io.firesteel.loader.GgufWriter;
import io.firesteel.loader.Metadata;
import io.firesteel.loader.Tensor;
import io.firesteel.loader.TensorSpec;
import io.firesteel.loader.TensorType;
import io.firesteel.loader.TinyModel;
import io.firesteel.loader.file.Progress;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequantiserTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"F32, 0, 0", "BF16, 32, 1e-5", "Q8_0, 7, 1e-4", "Q6_K, 18, 1e-3"})
  void rewritesMatricesAndKeepsTheRest(TensorType type, int fileType, double bound)
      throws IOException {
    Path target = folder.resolve("requantised.gguf");
    try (Gguf source = Gguf.open(TinyModel.path())) {
      new Requantiser(source, Progress.NONE).writeAs(type, target);
      try (Gguf result = Gguf.open(target)) {
        assertEquals(fileType, result.metadata().integer("general.file_type"));
        assertEquals(source.metadata().keys(), result.metadata().keys());
        assertEquals(source.tensors().size(), result.tensors().size());
        for (Tensor before : source.tensors()) {
          Tensor after = result.tensor(before.name());
          boolean matrix = Requantiser.isWeightMatrix(before);
          assertEquals(matrix ? type : before.type(), after.type(), before.name());
          assertTrue(relativeError(before, after) <= (matrix ? bound : 0), before.name());
        }
      }
    }
  }

  @Test
  void quantisesNormsAndRoutersNever() throws IOException {
    try (Gguf source = Gguf.open(TinyModel.path())) {
      assertEquals(
          6 * 7 + 2,
          source.tensors().stream().filter(Requantiser::isWeightMatrix).count(),
          "q, k, v, output and three expert matrices a layer, embedding and head");
    }
  }

  @Test
  void namesTheTensorThatHoldsNoNumber() throws IOException {
    Path path = folder.resolve("nan.gguf");
    TensorSpec spec = new TensorSpec("a.weight", TensorType.F32, 32, 2);
    float[] numbers = new float[64];
    numbers[33] = Float.NaN;
    try (GgufWriter writer = GgufWriter.create(path, Metadata.of("nan", Map.of()), List.of(spec))) {
      writer.write("a.weight", 0, MemorySegment.ofArray(numbers));
      writer.commit();
    }
    try (Gguf source = Gguf.open(path)) {
      Requantiser requantiser = new Requantiser(source, Progress.NONE);
      GgufException refusal =
          assertThrows(
              GgufException.class,
              () -> requantiser.writeAs(TensorType.Q8_0, folder.resolve("out.gguf")));
      assertTrue(refusal.getMessage().contains("tensor a.weight"), refusal.getMessage());
      assertTrue(refusal.getMessage().contains("element 33 is NaN"), refusal.getMessage());
      IllegalArgumentException misfit =
          assertThrows(
              IllegalArgumentException.class,
              () -> requantiser.writeAs(TensorType.Q4_K, folder.resolve("out.gguf")));
      assertTrue(misfit.getMessage().contains("'a.weight'"), misfit.getMessage());
    }
  }

  private static double relativeError(Tensor before, Tensor after) {
    float[] x = numbers(before);
    float[] y = numbers(after);
    double error = 0;
    double square = 0;
    for (int i = 0; i < x.length; i++) {
      error += (x[i] - (double) y[i]) * (x[i] - (double) y[i]);
      square += (double) x[i] * x[i];
    }
    return error / square;
  }

  private static float[] numbers(Tensor tensor) {
    float[] numbers = new float[(int) tensor.elements()];
    BlockCodec.of(tensor.type()).dequantise(tensor.data(), 0, numbers, 0, numbers.length);
    return numbers;
  }
}
