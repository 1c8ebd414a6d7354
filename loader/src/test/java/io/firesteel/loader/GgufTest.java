package io.firesteel.loader;

import static io.firesteel.loader.ValueType.ARRAY;
import static io.firesteel.loader.ValueType.BOOL;
import static io.firesteel.loader.ValueType.STRING;
import static io.firesteel.loader.ValueType.UINT32;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTest {
  @TempDir Path folder;

  @Test
  void opensTheTinyModel() throws IOException {
    try (Gguf gguf = Gguf.open(TinyModel.path())) {
      assertEquals(3, gguf.version());
      assertEquals(32, gguf.alignment());
      assertEquals("qwen3moe", gguf.metadata().string("general.architecture"));
      assertEquals(75, gguf.tensors().size());
      Tensor experts = gguf.tensor("blk.2.ffn_down_exps.weight");
      assertEquals(TensorType.Q6_K, experts.type());
      assertArrayEquals(new long[] {256, 256, 16}, experts.shape());
      assertEquals(256 * 16, experts.rows());
      assertEquals(210, experts.rowBytes());
      assertEquals(860_160, experts.bytes());
      assertEquals(6_181_056, experts.offset());
      assertEquals("blk.2.ffn_down_exps.weight Q6_K [256x256x16]", experts.toString());
      assertEquals(List.of(TinyModel.path()), gguf.files());
      assertEquals(Files.size(TinyModel.path()), gguf.fileSize());
      gguf.requireReadable();
    }
  }

  @Test
  void readsTheSameFromMemory() throws IOException {
    byte[] bytes = Files.readAllBytes(TinyModel.path());
    try (Gguf file = Gguf.open(TinyModel.path());
        Gguf memory = Gguf.of("tiny", MemorySegment.ofArray(bytes))) {
      assertEquals(file.metadata(), memory.metadata());
      for (Tensor tensor : file.tensors()) {
        assertEquals(-1, tensor.data().mismatch(memory.tensor(tensor.name()).data()));
      }
      assertEquals(List.of(), memory.files());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void readsVersion(int version) {
    Gguf gguf = withOneTensor(version).open();
    assertEquals(version, gguf.version());
    assertEquals(8, gguf.tensor("t").elements());
  }

  @Test
  void readsModelsFarBeyondTwoGigabytes() throws IOException {
    // A sparse file: nearly nothing on the disk.
    Path path = folder.resolve("large.gguf");
    long elements = 5_000_000_000L;
    TensorSpec large = new TensorSpec("large", TensorType.I8, elements);
    TensorSpec last = new TensorSpec("last", TensorType.I8, 4);
    byte[] header =
        HeaderWriter.write(
            Metadata.of("large", java.util.Map.of()),
            List.of(large, last),
            new long[] {0, elements});
    long lastAt = HeaderParser.roundUp(header.length, 32) + elements;
    try (var file = new java.io.RandomAccessFile(path.toFile(), "rw")) {
      file.write(header);
      file.seek(lastAt);
      file.write(new byte[] {1, 2, 3, 4});
    }
    try (Gguf gguf = Gguf.open(path)) {
      assertEquals(elements, gguf.tensor("large").bytes());
      assertEquals(0, gguf.tensor("large").data().get(ValueLayout.JAVA_BYTE, elements - 1));
      assertEquals(3, gguf.tensor("last").data().get(ValueLayout.JAVA_BYTE, 2));
    }
  }

  @Test
  void closesTheMapAndRefusesAccessAfterwards() throws IOException {
    Gguf gguf = Gguf.open(TinyModel.path());
    MemorySegment data = gguf.tensor("output.weight").data();
    gguf.close();
    gguf.close();
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> data.get(ValueLayout.JAVA_BYTE, 0));
    assertTrue(refusal.getMessage().contains("closed"), refusal.getMessage());
    assertEquals("qwen3moe", gguf.metadata().string("general.architecture"));
  }

  @Test
  void leavesMemoryThatItWasGivenOpen() {
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = withOneTensor(3).bytes();
      MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      Gguf.of("memory", memory).close();
      assertEquals('G', memory.get(ValueLayout.JAVA_BYTE, 0));
    }
  }

  @Test
  void letsNobodyWriteTensorData() {
    Tensor tensor = withOneTensor(3).open().tensor("t");
    assertTrue(tensor.data().isReadOnly());
  }

  @Test
  void namesAMissingFile() {
    Path path = folder.resolve("none.gguf");
    NoSuchFileException refusal =
        assertThrows(NoSuchFileException.class, () -> Gguf.open(path).close());
    assertTrue(refusal.getMessage().contains("none.gguf"));
  }

  @Test
  void refusesAFolder() {
    GgufException refusal = assertThrows(GgufException.class, () -> Gguf.open(folder).close());
    assertEquals(folder + ": file: found a folder, expected a regular file", refusal.getMessage());
  }

  @Test
  void namesAMissingTensor() {
    GgufException refusal =
        assertThrows(GgufException.class, () -> withOneTensor(3).open().tensor("u"));
    assertEquals(
        "image.gguf: tensor 'u': is missing among the 1 tensors of the file", refusal.getMessage());
  }

  @Test
  void listsTypesThatItCannotComputeWithAndRefusesThemByName() {
    Gguf gguf =
        GgufImage.begin(3, 1, 0)
            .tensor("blk.0.ffn_up.weight", TensorType.IQ2_XXS, 0, 256)
            .data(32, 66)
            .open();
    assertEquals(TensorType.IQ2_XXS, gguf.tensors().getFirst().type());
    String message = assertThrows(GgufException.class, gguf::requireReadable).getMessage();
    assertTrue(message.contains("'blk.0.ffn_up.weight': found type IQ2_XXS"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                  | the file is empty, expected a GGUF file",
        "GGU                                 | found bytes 47 47 55, expected GGUF",
        "'\u001f\u008b_____________'          | found a gzip file: unpack it first, expected GGUF",
        "tjgg____________                    | found a GGJT file, from before GGUF: convert the",
        "version https://git-lfs.github.com  | found a Git LFS pointer: run git lfs pull",
        "<!DOCTYPE html>                     | found a web page: download the file itself",
      })
  void saysWhatAFileIsThatIsNoModel(String start, String part) {
    assertRefused(new GgufImage().ascii(start), 0, "magic", part);
  }

  @Test
  void refusesOtherByteOrdersAndVersionsByName() {
    GgufImage big = new GgufImage().ascii("GGUF").i32(Integer.reverseBytes(3)).i64(0).i64(0);
    assertRefused(big, 4, "version", "big-endian GGUF file (version 3)");
    assertRefused(GgufImage.begin(1, 0, 0), 4, "version", "found 1, expected 2 or 3");
    assertRefused(GgufImage.begin(4, 0, 0), 4, "version", "found 4, expected 2 or 3");
    assertRefused(GgufImage.begin(-2, 0, 0), 4, "version", "found 4294967294, expected 2 or 3");
  }

  @Test
  void refusesEveryTruncation() {
    byte[] whole = withMetadata().bytes();
    for (int length = 0; length < whole.length; length++) {
      byte[] part = java.util.Arrays.copyOf(whole, length);
      GgufException refusal =
          assertThrows(
              GgufException.class,
              () -> Gguf.of("cut.gguf", MemorySegment.ofArray(part)),
              "cut to " + length);
      assertTrue(refusal.getMessage().startsWith("cut.gguf at byte "), refusal.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 61, 1L << 32, 1L << 31, 1000})
  void refusesCountsAndLengthsThatTheFileCannotHold(long count) {
    String found = "found " + Long.toUnsignedString(count) + ", expected";
    assertRefused(GgufImage.begin(3, count, 0), 8, "tensor count", found);
    assertRefused(GgufImage.begin(3, 0, count), 16, "metadata count", found);
    assertRefused(
        GgufImage.begin(3, 0, 1).i64(count).data(32, 32), 24, "length of metadata key 0", found);
    assertRefused(
        GgufImage.begin(3, 0, 1).key("a", STRING).i64(count).data(32, 32),
        37,
        "length of value of 'a'",
        found);
    for (ValueType type : List.of(ValueType.UINT8, ValueType.FLOAT64, STRING)) {
      assertRefused(
          GgufImage.begin(3, 0, 1).key("a", ARRAY).i32(type.id()).i64(count).data(32, 32),
          41,
          "element count of 'a'",
          found);
    }
    assertRefused(
        GgufImage.begin(3, 0, 1).key("a", ARRAY).i32(STRING.id()).i64(1).i64(count).data(32, 32),
        49,
        "length of an element of 'a'",
        found);
  }

  @Test
  void refusesMetadataThatAreNotWellFormed() {
    GgufImage twice =
        GgufImage.begin(3, 0, 2).key("a", BOOL).i8(1).key("a", BOOL).i8(0).data(32, 32);
    assertRefused(twice, 38, "metadata key 1", "found 'a' a second time");
    assertRefused(
        GgufImage.begin(3, 0, 1).text("a").i32(13).data(32, 32),
        33,
        "type of 'a'",
        "found 13, expected 0 to 12");
    assertRefused(
        GgufImage.begin(3, 0, 1).key("a", BOOL).i8(2).data(32, 32),
        37,
        "value of 'a'",
        "found 2, expected 0 or 1");
    assertRefused(
        GgufImage.begin(3, 0, 1).key("a", ARRAY).i32(ARRAY.id()).i64(1).data(32, 32),
        37,
        "element type of 'a'",
        "found an array of arrays");
    assertRefused(
        GgufImage.begin(3, 0, 1).key("a", ARRAY).i32(BOOL.id()).i64(2).i8(1).i8(9).data(32, 32),
        50,
        "element 1 of 'a'",
        "found 9, expected 0 or 1");
    assertRefused(
        GgufImage.begin(3, 0, 1).text("").i32(0).data(32, 32),
        24,
        "length of metadata key 0",
        "found 0, expected 1 to 65535");
  }

  @Test
  void refusesTextThatIsNotUtf8() {
    assertRefused(
        GgufImage.begin(3, 0, 1).i64(3).ascii("ab\u00ff").i32(7).i8(0).data(32, 32),
        34,
        "metadata key 0",
        "found byte 0xFF, expected UTF-8");
    assertRefused(
        GgufImage.begin(3, 0, 1).key("a", STRING).i64(2).ascii("\u00c3(").data(32, 32),
        45,
        "value of 'a'",
        "found byte 0xC3, expected UTF-8");
    GgufImage tokens = GgufImage.begin(3, 0, 1).key("a", ARRAY).i32(STRING.id()).i64(2);
    assertRefused(
        tokens.text("fine").i64(3).ascii("\u00ed\u00a0\u0080").data(32, 32),
        69,
        "element of 'a'",
        "found byte 0xED, expected UTF-8");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3, 33, -32, 1L << 31, 1L << 32})
  void refusesAnAlignmentThatIsNoPowerOfTwo(long alignment) {
    GgufImage image =
        GgufImage.begin(3, 0, 1).key("general.alignment", ValueType.INT64).i64(alignment);
    GgufException refusal = assertThrows(GgufException.class, image::open);
    assertTrue(refusal.getMessage().contains("metadata key general.alignment: found " + alignment));
  }

  @Test
  void refusesTensorsOfImpossibleShape() {
    String dimensions = "number of dimensions of tensor 't'";
    assertRefused(tensor(TensorType.F32, 0), 33, dimensions, "found 0, expected 1 to 4");
    assertRefused(
        tensor(TensorType.F32, 0, 1, 1, 1, 1, 1), 33, dimensions, "found 5, expected 1 to 4");
    assertRefused(
        tensor(TensorType.F32, 0, 4, 0), 45, "dimension 1 of tensor 't'", "found 0, expected 1 to");
    assertRefused(
        tensor(TensorType.F32, 0, 4, -1),
        45,
        "dimension 1 of tensor 't'",
        "found 18446744073709551615, expected 1 to");
    for (long[] shape :
        new long[][] {
          {1L << 62, 2},
          {1L << 32, 1L << 32},
          {1L << 61, 1},
          {1L << 16, 1L << 16, 1L << 16, 1L << 16}
        }) {
      assertRefused(
          tensor(TensorType.F32, 0, shape), 33, "dimensions of tensor 't'", "a size below 2^63");
    }
    assertRefused(
        tensor(TensorType.Q4_K, 0, 128),
        37,
        "dimension 0 of tensor 't'",
        "found 128, expected a multiple of 256, the block size of Q4_K");
  }

  @Test
  void refusesTensorTypesByName() {
    GgufImage unknown = GgufImage.begin(3, 1, 0).text("t").i32(1).i64(32).i32(77).i64(0);
    assertRefused(unknown.data(32, 64), 45, "type of tensor 't'", "found type 77, expected one");
    GgufImage removed = GgufImage.begin(3, 1, 0).text("t").i32(1).i64(32).i32(4).i64(0);
    assertRefused(
        removed.data(32, 64),
        45,
        "type of tensor 't'",
        "found Q4_2 (type 4), which ggml has removed");
  }

  @Test
  void refusesTensorsOutOfPlace() {
    String offset = "offset of tensor 't'";
    assertRefused(tensor(TensorType.F32, 4, 4), 49, offset, "found 4, expected a multiple of 32");
    assertRefused(tensor(TensorType.F32, -32, 4), 49, offset, "found 18446744073709551584");
    assertRefused(tensor(TensorType.F32, 1L << 40, 4), 49, offset, "found 1099511627776");
    assertRefused(
        tensor(TensorType.F32, 64, 17), 128, "data of tensor 't'", "bytes for it, expected 68");
    GgufImage overlapping =
        GgufImage.begin(3, 2, 0)
            .tensor("a", TensorType.F32, 0, 16)
            .tensor("b", TensorType.F32, 32, 4)
            .data(32, 64);
    assertRefused(overlapping, 128, "data of tensor 'b'", "overlap those of 'a', expected a start");
    GgufImage twice =
        GgufImage.begin(3, 2, 0)
            .tensor("a", TensorType.F32, 0, 8)
            .tensor("a", TensorType.F32, 32, 8)
            .data(32, 64);
    assertRefused(twice, 57, "name of tensor 1", "found 'a' a second time");
  }

  @Test
  void keepsControlCharactersOutOfMessages() {
    GgufImage image = GgufImage.begin(3, 0, 1).text("\u001b[2J\n").i32(99).data(32, 32);
    assertRefused(image, 37, "type of '?[2J?'", "found 99");
  }

  private static GgufImage tensor(TensorType type, long offset, long... shape) {
    return GgufImage.begin(3, 1, 0).tensor("t", type, offset, shape).data(32, 128);
  }

  private static GgufImage withOneTensor(int version) {
    return GgufImage.begin(version, 1, 0).tensor("t", TensorType.F32, 0, 4, 2).data(32, 32);
  }

  private static GgufImage withMetadata() {
    return GgufImage.begin(3, 1, 3)
        .key("a.string", STRING)
        .text("value")
        .key("a.number", UINT32)
        .i32(7)
        .key("an.array", ARRAY)
        .i32(STRING.id())
        .i64(2)
        .text("x")
        .text("")
        .tensor("t", TensorType.F32, 0, 4, 2)
        .data(32, 32);
  }

  private static void assertRefused(GgufImage image, long offset, String field, String part) {
    GgufException refusal = assertThrows(GgufException.class, image::open);
    String message = refusal.getMessage();
    assertTrue(message.contains(part), message);
    assertEquals(field, refusal.field(), message);
    assertEquals(offset, refusal.offset(), message);
    assertEquals("image.gguf", refusal.file());
    assertFalse(message.contains("\n"));
  }
}
