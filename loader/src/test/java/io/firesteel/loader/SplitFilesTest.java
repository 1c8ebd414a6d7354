package io.firesteel.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.MetadataValue.IntegerValue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitFilesTest {
  @TempDir Path folder;

  @BeforeEach
  void splitAModelInThree() throws IOException {
    part(0, 3, 3, List.of());
    part(1, 3, 3, List.of("a", "b"));
    part(2, 3, 3, List.of("c"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void opensTheWholeModelByAnyPart(int number) throws IOException {
    try (Gguf gguf = Gguf.open(path(number, 3))) {
      assertEquals("part 0", gguf.metadata().string("general.name"));
      assertEquals(List.of("a", "b", "c"), gguf.tensors().stream().map(Tensor::name).toList());
      assertEquals(List.of(path(0, 3), path(1, 3), path(2, 3)), gguf.files());
      for (Tensor tensor : gguf.tensors()) {
        assertEquals(tensor.name().charAt(0), tensor.data().get(ValueLayout.JAVA_BYTE, 5));
      }
      assertEquals(path(2, 3).toString(), gguf.tensor("c").file());
    }
  }

  @Test
  void namesMissingParts() throws IOException {
    Files.delete(path(1, 3));
    Files.delete(path(2, 3));
    assertRefused(
        path(0, 3),
        "found 3, but 2 of the parts are not beside this one:"
            + " m-00002-of-00003.gguf, m-00003-of-00003.gguf");
  }

  @Test
  void refusesAPartUnderAnotherName() throws IOException {
    Path renamed = Files.move(path(0, 3), folder.resolve("model.gguf"));
    assertRefused(renamed, "expected a file named like model-00001-of-00003.gguf");
    Path wrong = Files.copy(path(1, 3), folder.resolve("m-00001-of-00004.gguf"));
    assertRefused(wrong, "expected a file named like model-00001-of-00003.gguf");
  }

  @Test
  void refusesPartsInTheWrongOrder() throws IOException {
    Files.copy(path(2, 3), folder.resolve("copy"));
    Files.move(path(1, 3), path(2, 3), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.move(folder.resolve("copy"), path(1, 3));
    assertRefused(path(0, 3), "metadata key split.no: found 2, expected 1 to 1");
  }

  @Test
  void refusesPartsOfAnotherModel() throws IOException {
    part(2, 3, 3, List.of("c", "d"));
    assertRefused(path(0, 3), "metadata key split.tensors.count: found 3, expected 4 to 4");
    part(2, 3, 3, List.of("a"));
    assertRefused(path(0, 3), "tensor 'a': found a second time");
  }

  @Test
  void takesANumberedFileThatIsWholeAsItIs() throws IOException {
    Path path = folder.resolve("m-00007-of-00009.gguf");
    write(path, Metadata.of("m", Map.of()), List.of("z"));
    try (Gguf gguf = Gguf.open(path)) {
      assertEquals(1, gguf.tensors().size());
    }
  }

  private static void assertRefused(Path path, String part) {
    GgufException refusal = assertThrows(GgufException.class, () -> Gguf.open(path).close());
    assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
  }

  private Path path(int number, int count) {
    return folder.resolve("m-%05d-of-%05d.gguf".formatted(number + 1, count));
  }

  private void part(int number, int count, int tensors, List<String> names) throws IOException {
    Metadata metadata =
        Metadata.of("m", Map.of())
            .with("general.name", "part " + number)
            .with("split.no", new IntegerValue(ValueType.UINT16, number))
            .with("split.count", new IntegerValue(ValueType.UINT16, count))
            .with("split.tensors.count", new IntegerValue(ValueType.INT32, tensors));
    write(path(number, count), metadata, names);
  }

  private static void write(Path path, Metadata metadata, List<String> names) throws IOException {
    List<TensorSpec> specs =
        names.stream().map(name -> new TensorSpec(name, TensorType.I8, 40)).toList();
    try (GgufWriter writer = GgufWriter.create(path, metadata, specs)) {
      for (String name : names) {
        byte[] data = name.repeat(40).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        writer.write(name, 0, MemorySegment.ofArray(data));
      }
      writer.commit();
    }
  }
}
