package io.firesteel.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.model.tokenizer.Vocabularies.Draft;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SentencePieceTest {

  private static final int NORMAL = Vocabularies.NORMAL;

  private static Draft greek() {
    return Draft.sentencePiece()
        .token("▁", NORMAL, -5)
        .token("a", NORMAL, -6)
        .token("b", NORMAL, -7)
        .token("▁a", NORMAL, -2)
        .token("ab", NORMAL, -1)
        .token("▁ab", NORMAL, -3)
        .token("<|turn|>", Vocabularies.CONTROL)
        .token("<tag>", Vocabularies.USER_DEFINED);
  }

  private static List<String> tokens(Tokenizer tokenizer, String text) {
    return IntStream.of(tokenizer.encode(text, false, true))
        .mapToObj(tokenizer::tokenText)
        .toList();
  }

  @Test
  void mergesTheConcatenationOfHighestScoreFirst() {
    assertEquals(List.of("▁ab"), tokens(greek().tokenizer(), "ab"));
    assertEquals(List.of("▁a", "a"), tokens(greek().tokenizer(), "aa"));
  }

  @Test
  void putsABlankBeforeTextAndAfterSpecialTokensOnly() {
    Tokenizer tokenizer = greek().tokenizer();
    assertEquals(
        List.of("▁a", "<|turn|>", "▁ab", "<tag>", "▁", "▁a"),
        tokens(tokenizer, "a<|turn|>ab<tag> a"));
    Tokenizer bare = greek().flag("add_space_prefix", false).tokenizer();
    assertEquals(List.of("ab", "▁a"), tokens(bare, "ab a"));
  }

  @Test
  void fallsBackToByteTokens() {
    assertEquals(List.of("▁", "<0xC3>", "<0xA9>", "<0x0A>"), tokens(greek().tokenizer(), "é\n"));
  }

  @Test
  void spellsMalformedBytesAsTheyAre() {
    Tokenizer tokenizer = greek().flag("add_space_prefix", false).tokenizer();
    byte[] malformed = {(byte) 0x81, ' ', (byte) 0xFF, 'a', (byte) 0xBF, (byte) 0xE2, (byte) 0x96};
    int[] ids = tokenizer.encode(malformed, false, false);
    assertArrayEquals(malformed, tokenizer.decodeBytes(ids, false));
  }

  @Test
  void usesTheUnknownTokenWhereThereAreNoByteTokens() {
    Draft draft =
        Draft.empty("llama")
            .token("<unk>", Vocabularies.UNKNOWN)
            .token("<s>", Vocabularies.CONTROL)
            .token("</s>", Vocabularies.CONTROL)
            .token("▁", NORMAL)
            .token("a", NORMAL);
    assertEquals(List.of("▁", "a", "<unk>", "a"), tokens(draft.tokenizer(), "aéa"));
  }

  @Test
  void usesTokenZeroWhereTheFileNamesNoUnknownToken() {
    Draft draft = Draft.empty("llama").token("a", NORMAL).flag("add_bos_token", false);
    assertEquals(List.of("a", "a", "a"), tokens(draft.tokenizer(), "aé"));
  }

  @Test
  void addsBosAndEosAsTheFileSays() {
    Tokenizer byDefault = greek().tokenizer();
    assertArrayEquals(new int[] {1}, byDefault.encode("", true, false));
    assertArrayEquals(new int[] {}, byDefault.encode("", false, false));
    Tokenizer both = greek().flag("add_eos_token", true).tokenizer();
    assertArrayEquals(new int[] {1, 2}, both.encode("", true, false));
    Tokenizer neither = greek().flag("add_bos_token", false).tokenizer();
    assertArrayEquals(new int[] {}, neither.encode("", true, false));
  }

  @Test
  void takesTheAddedBlankOutAgain() {
    Tokenizer tokenizer = greek().tokenizer();
    int[] ids = tokenizer.encode("ab a", false, false);
    assertEquals("ab a", tokenizer.decode(ids, false, false));
    assertEquals(" ab a", new String(tokenizer.decodeBytes(ids, false), StandardCharsets.UTF_8));
  }

  @Test
  void leavesTheBlankAfterBosThatItRemoves() {
    Tokenizer tokenizer = greek().tokenizer();
    int[] ids = tokenizer.encode("ab", true, false);
    assertEquals(" ab", tokenizer.decode(ids, true, false));
    assertEquals("<s> ab", tokenizer.decode(ids, false, true));
  }

  @Test
  void agreesWithMergingTheWholeTextByTheBook() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 200; round++) {
      Map<String, Integer> scores = randomVocabulary(random);
      Draft draft = Draft.sentencePiece().flag("add_space_prefix", false);
      scores.forEach((text, score) -> draft.token(text, NORMAL, score));
      Tokenizer tokenizer = draft.tokenizer();
      for (int length : new int[] {1, 3, 10, 60, 200}) {
        String text = randomText(random, length);
        assertEquals(byTheBook(scores, text.replace(' ', '▁')), tokens(tokenizer, text));
      }
    }
  }

  private static Map<String, Integer> randomVocabulary(SplittableRandom random) {
    Map<String, Integer> scores = new LinkedHashMap<>();
    for (String character : List.of("a", "b", "▁")) {
      scores.put(character, -100);
    }
    int count = 1 + random.nextInt(25);
    for (int i = 0; i < count; i++) {
      String text = randomText(random, 2 + random.nextInt(4)).replace(' ', '▁');
      scores.putIfAbsent(text, -random.nextInt(12));
    }
    return scores;
  }

  private static String randomText(SplittableRandom random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("aab ".charAt(random.nextInt(4)));
    }
    return text.toString();
  }

  private static List<String> byTheBook(Map<String, Integer> scores, String text) {
    List<String> symbols = new ArrayList<>(List.of(text.split("")));
    while (true) {
      int best = -1;
      int bestScore = Integer.MIN_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        Integer score = scores.get(symbols.get(i) + symbols.get(i + 1));
        if (score != null && score > bestScore) {
          best = i;
          bestScore = score;
        }
      }
      if (best < 0) {
        return symbols;
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }
}
