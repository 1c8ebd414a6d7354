package io.firesteel.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.MetadataValue.BoolValue;
import io.firesteel.loader.MetadataValue.FloatValue;
import io.firesteel.loader.MetadataValue.IntegerValue;
import io.firesteel.loader.MetadataValue.NumberArray;
import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.loader.MetadataValue.StringValue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufWriterTest {
  private static final Metadata EMPTY = Metadata.of("new.gguf", Map.of());

  @TempDir Path folder;

  @Test
  void rewritesTheTinyModelBitByBit() throws IOException {
    Path copy = folder.resolve("copy.gguf");
    try (Gguf model = Gguf.open(TinyModel.path());
        GgufWriter writer = GgufWriter.create(copy, model.metadata(), specs(model))) {
      for (Tensor tensor : model.tensors()) {
        writer.write(tensor);
      }
      writer.commit();
    }
    assertEquals(-1, Files.mismatch(TinyModel.path(), copy));
  }

  @Test
  void readsBackMetadataOfEveryKind() throws IOException {
    Map<String, MetadataValue> values = new LinkedHashMap<>();
    for (ValueType type : ValueType.values()) {
      if (type.isInteger()) {
        values.put("least." + type, new IntegerValue(type, least(type)));
        values.put("most." + type, new IntegerValue(type, most(type)));
        values.put(
            "array." + type, NumberArray.ofPacked(type, randomBytes(type.bytes() * 5, type.id())));
      }
    }
    values.put("float", new FloatValue(ValueType.FLOAT32, 1.5f));
    values.put("nan", new FloatValue(ValueType.FLOAT32, Float.NaN));
    values.put("double", new FloatValue(ValueType.FLOAT64, Math.PI));
    values.put("yes", new BoolValue(true));
    values.put("no", new BoolValue(false));
    values.put("text", new StringValue("Grüße, 世界 🔥\n"));
    values.put("no text", new StringValue(""));
    values.put("floats", NumberArray.of(1f, -0f, Float.NaN, Float.MIN_VALUE));
    values.put("doubles", NumberArray.ofPacked(ValueType.FLOAT64, new byte[24]));
    values.put("bools", NumberArray.ofPacked(ValueType.BOOL, new byte[] {1, 0, 1}));
    values.put("texts", StringArray.of(List.of("", "a", "ä", "🔥", "")));
    values.put("no texts", StringArray.of(List.of()));
    values.put("no numbers", NumberArray.of(new int[0]));
    Metadata metadata = Metadata.of("any", values);

    Path path = write(metadata, List.of());
    try (Gguf gguf = Gguf.open(path)) {
      assertEquals(metadata, gguf.metadata());
      assertEquals(List.copyOf(values.keySet()), List.copyOf(gguf.metadata().keys()));
      assertEquals(3, gguf.version());
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsBackTensorsOfEveryType(TensorType type) throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    for (int dimensions = 1; dimensions <= 4; dimensions++) {
      long[] shape = {type.blockSize() * 3L, 2, 5, 3};
      specs.add(new TensorSpec("t" + dimensions, type, java.util.Arrays.copyOf(shape, dimensions)));
    }
    Path path = write(EMPTY, specs);
    try (Gguf gguf = Gguf.open(path)) {
      assertEquals(specs, specs(gguf));
      for (Tensor tensor : gguf.tensors()) {
        assertEquals(0, tensor.offset() % 32);
        assertArrayEquals(
            randomBytes((int) tensor.bytes(), tensor.name().hashCode()),
            tensor.data().toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 32, 64, 4096})
  void alignsTensorsAsTheMetadataSay(int alignment) throws IOException {
    Metadata metadata =
        EMPTY.with("general.alignment", new IntegerValue(ValueType.UINT32, alignment));
    Path path =
        write(
            metadata,
            List.of(
                new TensorSpec("a", TensorType.I8, 3),
                new TensorSpec("b", TensorType.I8, 5),
                new TensorSpec("c", TensorType.F32, 7)));
    try (Gguf gguf = Gguf.open(path)) {
      assertEquals(alignment, gguf.alignment());
      gguf.tensors().forEach(tensor -> assertEquals(0, tensor.offset() % alignment));
      assertEquals(0, Files.size(path) % Math.min(alignment, 4), "the end is padded too");
    }
  }

  @Test
  void takesPiecesInAnyOrderFromSeveralThreads() throws IOException {
    byte[] data = randomBytes(1 << 20, 1);
    Path path = folder.resolve("pieces.gguf");
    TensorSpec spec = new TensorSpec("t", TensorType.I8, data.length);
    try (GgufWriter writer = GgufWriter.create(path, EMPTY, List.of(spec))) {
      IntStream.range(0, 1024)
          .map(i -> 1023 - i)
          .parallel()
          .forEach(
              i -> {
                try {
                  writer.write(
                      "t", i * 1024L, MemorySegment.ofArray(data).asSlice(i * 1024L, 1024));
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      writer.commit();
    }
    try (Gguf gguf = Gguf.open(path)) {
      assertArrayEquals(data, gguf.tensor("t").data().toArray(ValueLayout.JAVA_BYTE));
    }
  }

  @Test
  void leavesNothingWithoutCommit() throws IOException {
    Path path = folder.resolve("none.gguf");
    TensorSpec spec = new TensorSpec("t", TensorType.F32, 8);
    try (GgufWriter writer = GgufWriter.create(path, EMPTY, List.of(spec))) {
      writer.write("t", 0, MemorySegment.ofArray(new byte[16]));
      IllegalStateException refusal = assertThrows(IllegalStateException.class, writer::commit);
      assertEquals("16 bytes of tensor t were written, expected 32", refusal.getMessage());
    }
    assertFalse(Files.exists(path));
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void refusesPiecesOutsideATensorAndTensorsNotAnnounced() throws IOException {
    TensorSpec spec = new TensorSpec("t", TensorType.F32, 8);
    try (GgufWriter writer = GgufWriter.create(folder.resolve("x.gguf"), EMPTY, List.of(spec))) {
      MemorySegment piece = MemorySegment.ofArray(new byte[16]);
      assertThrows(IllegalArgumentException.class, () -> writer.write("t", 17, piece));
      assertThrows(IllegalArgumentException.class, () -> writer.write("t", -1, piece));
      assertThrows(IllegalArgumentException.class, () -> writer.write("u", 0, piece));
    }
  }

  @Test
  void refusesWhatAFileCannotHold() {
    assertRefused(() -> new TensorSpec("", TensorType.F32, 1), "0 bytes, expected 1 to 63");
    assertRefused(() -> new TensorSpec("x".repeat(64), TensorType.F32, 1), "64 bytes");
    assertRefused(() -> new TensorSpec("t", TensorType.F32), "0 dimensions, expected 1 to 4");
    assertRefused(() -> new TensorSpec("t", TensorType.F32, 1, 1, 1, 1, 1), "5 dimensions");
    assertRefused(() -> new TensorSpec("t", TensorType.F32, 1, 0), "dimensions of at least 1");
    assertRefused(() -> new TensorSpec("t", TensorType.Q4_K, 128), "a multiple of 256");
    assertRefused(() -> StringArray.of(List.of("\uD800")), "half a surrogate pair");
    assertRefused(() -> write(EMPTY, List.of(spec("t"), spec("t"))), "two tensors named t");
    assertRefused(() -> write(EMPTY.with("", "x"), List.of()), "0 characters");
  }

  private static TensorSpec spec(String name) {
    return new TensorSpec(name, TensorType.F32, 1);
  }

  private static void assertRefused(org.junit.jupiter.api.function.Executable call, String part) {
    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, call);
    assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
  }

  /** Writes tensors of random bytes, seeded by their names. */
  private Path write(Metadata metadata, List<TensorSpec> specs) throws IOException {
    Path path = folder.resolve("model.gguf");
    try (GgufWriter writer = GgufWriter.create(path, metadata, specs)) {
      for (TensorSpec spec : specs) {
        byte[] data = randomBytes((int) spec.bytes(), spec.name().hashCode());
        writer.write(spec.name(), 0, MemorySegment.ofArray(data));
      }
      writer.commit();
      assertEquals(writer.size(), Files.size(path));
    }
    return path;
  }

  private static List<TensorSpec> specs(Gguf gguf) {
    return gguf.tensors().stream().map(TensorSpec::of).toList();
  }

  private static byte[] randomBytes(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static long least(ValueType type) {
    return switch (type) {
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case INT64 -> Long.MIN_VALUE;
      default -> 0;
    };
  }

  private static long most(ValueType type) {
    return switch (type) {
      case UINT8 -> 0xFF;
      case INT8 -> Byte.MAX_VALUE;
      case UINT16 -> 0xFFFF;
      case INT16 -> Short.MAX_VALUE;
      case UINT32 -> 0xFFFF_FFFFL;
      case INT32 -> Integer.MAX_VALUE;
      case INT64 -> Long.MAX_VALUE;
      default -> -1;
    };
  }
}
