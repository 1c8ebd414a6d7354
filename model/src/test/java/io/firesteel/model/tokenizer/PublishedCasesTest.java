package io.firesteel.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Texts and their ids as published with the Qwen2 vocabulary. */
class PublishedCasesTest {

  private static final String SEPARATOR = "\n__ggml_vocab_test__\n";

  @TestFactory
  Stream<DynamicTest> encodesAndDecodes() throws IOException {
    Path file = Vocabularies.qwen2();
    Tokenizer tokenizer = Tokenizer.from(Vocabularies.metadata(file));
    List<String> texts = List.of(Files.readString(sibling(file, ".inp")).split(SEPARATOR, -1));
    List<String> ids = Files.readAllLines(sibling(file, ".out"));
    assertEquals(46, ids.size());
    return IntStream.range(0, ids.size())
        .mapToObj(
            i ->
                DynamicTest.dynamicTest(
                    name(i, texts.get(i)),
                    () -> check(tokenizer, texts.get(i), parse(ids.get(i)))));
  }

  private static void check(Tokenizer tokenizer, String text, int[] expected) {
    int[] ids = tokenizer.encode(text, false, false);
    assertArrayEquals(expected, ids);
    assertEquals(text, new String(tokenizer.decodeBytes(ids, false), StandardCharsets.UTF_8));
  }

  private static Path sibling(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static int[] parse(String line) {
    return Arrays.stream(line.trim().split(" +"))
        .filter(id -> !id.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  private static String name(int index, String text) {
    return index + ": " + text.substring(0, Math.min(20, text.length())).replace("\n", "\\n");
  }
}
