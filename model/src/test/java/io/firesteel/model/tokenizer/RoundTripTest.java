package io.firesteel.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random text comes back as it was, at once and as a stream, from any number of threads. */
class RoundTripTest {

  private static final int[] LIKELY = {
    'a', 'B', ' ', ' ', '\n', '\r', '\t', '1', '.', '\'', 's', '<', '|', 0, 0x7F, 0x85, 0xA0, 0xE9,
    0x301, 0x378, 0x200D, 0x2028, 0x3000, 0x4E2D, 0xAC00, 0xFE0F, 0xFFFD, 0xFFFF, 0x1F600, 0x1F468,
    0x10FFFF
  };

  static Stream<Tokenizer> bytePairTokenizers() {
    return Stream.concat(
        Stream.of("gpt-2", "qwen2", "llama-bpe", "deepseek-llm", "deepseek-v3", "falcon", "tekken")
            .map(
                pre ->
                    Vocabularies.Draft.bytePair(pre, "a a", "Ġ Ġ", "Ã ©", "ð Ł", "ðŁ ĺ", "Ġ a")
                        .tokenizer()),
        Vocabularies.shared("vocab").stream()
            .map(folder -> Tokenizer.from(Vocabularies.metadata(Vocabularies.qwen2()))));
  }

  private static String randomText(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(40);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          random.nextInt(3) > 0 ? LIKELY[random.nextInt(LIKELY.length)] : randomCodePoint(random));
    }
    return text.toString();
  }

  private static int randomCodePoint(SplittableRandom random) {
    int codePoint = random.nextInt(Character.MAX_CODE_POINT + 1) >>> random.nextInt(12);
    boolean surrogate =
        codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    return surrogate ? 'x' : codePoint;
  }

  @ParameterizedTest
  @MethodSource("bytePairTokenizers")
  void everyTextComesBack(Tokenizer tokenizer) {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 3_000; round++) {
      String text = randomText(random);
      int[] ids = tokenizer.encode(text, false, round % 2 == 0);
      assertEquals(text, new String(tokenizer.decodeBytes(ids, true), StandardCharsets.UTF_8));
      assertEquals(text, streamed(tokenizer, ids));
      assertArrayEquals(
          ids, tokenizer.encode(text.getBytes(StandardCharsets.UTF_8), false, round % 2 == 0));
    }
  }

  private static String streamed(Tokenizer tokenizer, int[] ids) {
    StreamingDecoder decoder = tokenizer.streamingDecoder(true);
    String parts = Arrays.stream(ids).mapToObj(decoder::next).reduce("", String::concat);
    return parts + decoder.finish();
  }

  @Test
  void everyTextComesBackFromSentencePiece() {
    Tokenizer tokenizer =
        Vocabularies.Draft.sentencePiece()
            .token("▁", Vocabularies.NORMAL, -1)
            .token("▁a", Vocabularies.NORMAL, -2)
            .token("aa", Vocabularies.NORMAL, -3)
            .token("é", Vocabularies.NORMAL, -4)
            .tokenizer();
    SplittableRandom random = new SplittableRandom(4);
    for (int round = 0; round < 3_000; round++) {
      String text = randomText(random).replace('▁', ' ');
      int[] ids = tokenizer.encode(text, false, false);
      assertEquals(text, tokenizer.decode(ids, false, true));
    }
  }

  @Test
  void threadsShareATokenizer() throws Exception {
    Tokenizer tokenizer =
        Vocabularies.Draft.bytePair("qwen2", "a a", "aa aa", "Ġ a", "Ġa a").tokenizer();
    SplittableRandom random = new SplittableRandom(9);
    List<String> texts =
        Stream.generate(() -> randomText(random) + " aa aaaa a").limit(300).toList();
    Callable<List<List<Integer>>> encodeAll =
        () ->
            texts.stream()
                .map(text -> IntStream.of(tokenizer.encode(text, true, true)).boxed().toList())
                .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<List<List<Integer>>>> results =
          threads.invokeAll(List.of(encodeAll, encodeAll, encodeAll, encodeAll));
      for (Future<List<List<Integer>>> result : results) {
        assertEquals(encodeAll.call(), result.get());
      }
    }
  }
}
