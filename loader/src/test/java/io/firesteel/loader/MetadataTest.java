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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetadataTest {
  private final Metadata metadata = Metadata.of("model.gguf", values());

  private static Map<String, MetadataValue> values() {
    Map<String, MetadataValue> values = new LinkedHashMap<>();
    values.put("name", new StringValue("tiny"));
    values.put("layers", new IntegerValue(ValueType.UINT16, 48));
    values.put("huge", new IntegerValue(ValueType.UINT64, -1));
    values.put("base", new FloatValue(ValueType.FLOAT32, 1e6f));
    values.put("bos", new BoolValue(true));
    values.put("tokens", StringArray.of(List.of("a", "Ġb", "🔥")));
    values.put("types", NumberArray.of(1, -2, 3));
    values.put("sections", NumberArray.of(1L, 1L << 40));
    values.put("scores", NumberArray.of(0.5f, -1f));
    return values;
  }

  @Test
  void givesEachKindOfValue() {
    assertEquals("tiny", metadata.string("name"));
    assertEquals(48, metadata.integer("layers"));
    assertEquals(48, metadata.integerBetween("layers", 1, 1000));
    assertEquals(1e6, metadata.floating("base"));
    assertEquals(48, metadata.floating("layers"));
    assertTrue(metadata.bool("bos"));
    assertEquals(List.of("a", "Ġb", "🔥"), metadata.strings("tokens"));
    assertArrayEquals(new int[] {1, -2, 3}, metadata.integers("types"));
    assertArrayEquals(new float[] {0.5f, -1}, metadata.floats("scores"));
    assertArrayEquals(new float[] {1, -2, 3}, metadata.floats("types"));
  }

  @Test
  void fallsBackOnlyWhereTheKeyIsMissing() {
    assertEquals("x", metadata.string("none", "x"));
    assertEquals(7, metadata.integer("none", 7));
    assertEquals(0.5, metadata.floating("none", 0.5));
    assertFalse(metadata.bool("none", false));
    assertEquals(List.of(), metadata.strings("none", List.of()));
    assertArrayEquals(new int[0], metadata.integers("none", new int[0]));
    assertArrayEquals(new float[0], metadata.floats("none", new float[0]));
    assertEquals("tiny", metadata.string("name", "x"));
    assertThrows(GgufException.class, () -> metadata.string("layers", "x"));
  }

  @Test
  void namesFileAndKeyInErrors() {
    assertRefused(
        "model.gguf: metadata key none: is missing, expected a string",
        () -> metadata.string("none"));
    assertRefused(
        "model.gguf: metadata key name: found STRING tiny, expected an integer",
        () -> metadata.integer("name"));
    assertRefused(
        "model.gguf: metadata key huge: found 18446744073709551615,"
            + " expected at most 9223372036854775807",
        () -> metadata.integer("huge"));
    assertRefused(
        "model.gguf: metadata key layers: found 48, expected 1 to 10",
        () -> metadata.integerBetween("layers", 1, 10));
    assertRefused(
        "model.gguf: metadata key tokens: found an array of STRING, expected an array of integers",
        () -> metadata.integers("tokens"));
    assertRefused(
        "model.gguf: metadata key sections[1]: found 1099511627776, expected a 32-bit integer",
        () -> metadata.integers("sections"));
    assertRefused(
        "model.gguf: metadata key scores: found an array of FLOAT32, expected an array of integers",
        () -> metadata.integers("scores"));
    assertRefused(
        "model.gguf: metadata key bos: found BOOL true, expected a number",
        () -> metadata.floating("bos"));
  }

  @Test
  void keepsTheOrderOfKeys() {
    Metadata changed =
        metadata.with("layers", new BoolValue(false)).with("new", "x").without("base");
    assertEquals(
        List.of("name", "layers", "huge", "bos", "tokens", "types", "sections", "scores", "new"),
        List.copyOf(changed.keys()));
    assertEquals(48, metadata.integer("layers"), "the original stays as it was");
  }

  @Test
  void showsTheBeginningOfLongArrays() {
    int[] numbers = IntStream.range(0, 100).toArray();
    assertEquals("[0, 1, 2, 3, 4, 5, 6, 7, ... 100 INT32]", NumberArray.of(numbers).toString());
    assertEquals("[a, Ġb, 🔥]", StringArray.of(List.of("a", "Ġb", "🔥")).toString());
  }

  private static void assertRefused(
      String message, org.junit.jupiter.api.function.Executable call) {
    assertEquals(message, assertThrows(GgufException.class, call).getMessage());
  }
}
