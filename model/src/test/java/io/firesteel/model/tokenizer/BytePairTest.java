package io.firesteel.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.model.tokenizer.Vocabularies.Draft;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairTest {

  private static List<String> tokens(Tokenizer tokenizer, String text) {
    return texts(tokenizer, tokenizer.encode(text, false, false));
  }

  private static List<String> texts(Tokenizer tokenizer, int[] ids) {
    return IntStream.of(ids).mapToObj(tokenizer::tokenText).toList();
  }

  @Test
  void mergesTheEarliestListedPairFirst() {
    Tokenizer tokenizer = Draft.bytePair("gpt-2", "b c", "a b", "ab c").tokenizer();
    assertEquals(List.of("a", "bc"), tokens(tokenizer, "abc"));
  }

  @Test
  void mergesTheLeftmostOfEqualPairsFirst() {
    Tokenizer tokenizer = Draft.bytePair("gpt-2", "a a").tokenizer();
    assertEquals(List.of("aa", "aa", "a"), tokens(tokenizer, "aaaaa"));
  }

  @Test
  void keepsTheFirstOfTwoEqualMerges() {
    Tokenizer tokenizer = Draft.bytePair("gpt-2", "a b", "b c", "a b").tokenizer();
    assertEquals(List.of("ab", "c"), tokens(tokenizer, "abc"));
  }

  @Test
  void takesATokenWholeOnlyIfMergesLeadToItUnlessTheyAreToBeIgnored() {
    Draft merging = Draft.bytePair("gpt-2", "a b").token("abc", Vocabularies.NORMAL);
    assertEquals(List.of("ab", "c"), tokens(merging.tokenizer(), "abc"));
    Draft ignoring =
        Draft.bytePair("llama-bpe", "a b")
            .token("abc", Vocabularies.NORMAL)
            .flag("add_bos_token", false);
    assertEquals(List.of("abc"), tokens(ignoring.tokenizer(), "abc"));
  }

  @Test
  void mergesThroughSymbolsThatAreNoTokens() {
    Draft draft = Draft.bytePair("gpt-2").value("merges", strings("a b", "ab c")).token("abc", 1);
    assertEquals(List.of("abc"), tokens(draft.tokenizer(), "abc"));
    assertEquals(List.of("a", "b"), tokens(draft.tokenizer(), "ab"));
  }

  private static StringArray strings(String... texts) {
    return StringArray.of(List.of(texts));
  }

  @Test
  void spellsBytesThatAreNoPrintableCharacters() {
    Tokenizer tokenizer = Draft.bytePair("gpt-2").tokenizer();
    assertEquals(List.of("Ā", "Ċ", "Ġ", "Ã", "©"), tokens(tokenizer, "\0\n é"));
  }

  @Test
  void replacesLoneSurrogatesAndMalformedBytes() {
    Tokenizer tokenizer = Draft.bytePair("gpt-2").tokenizer();
    int[] replacement = tokenizer.encode("\uFFFD", false, false);
    assertArrayEquals(replacement, tokenizer.encode("\uD83D", false, false));
    assertArrayEquals(replacement, tokenizer.encode("\uDE00", false, false));
    for (byte[] malformed :
        new byte[][] {{(byte) 0x80}, {(byte) 0xFF}, {(byte) 0xE2}, {(byte) 0xC3}}) {
      assertArrayEquals(replacement, tokenizer.encode(malformed, false, false));
    }
    byte[] cutShort = {(byte) 0xE2, (byte) 0x82, 'x'};
    assertEquals(
        "\uFFFD\uFFFDx",
        new String(
            tokenizer.decodeBytes(tokenizer.encode(cutShort, false, false), false),
            StandardCharsets.UTF_8));
  }

  @Test
  void takesOverlongFormsAndEncodedSurrogatesAsTheirCodePoints() {
    Tokenizer tokenizer = Draft.bytePair("gpt-2").tokenizer();
    byte[] overlongSlash = {(byte) 0xC0, (byte) 0xAF};
    assertArrayEquals(new int[] {'/'}, tokenizer.encode(overlongSlash, false, false));
    byte[] surrogate = {(byte) 0xED, (byte) 0xA0, (byte) 0x80};
    assertArrayEquals(new int[] {0xED, 0xA0, 0x80}, tokenizer.encode(surrogate, false, false));
  }

  @Test
  void agreesWithMergingByTheBookOnWordsOfAnyLength() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 200; round++) {
      List<String> merges = randomMerges(random, 1 + random.nextInt(30));
      Tokenizer tokenizer = Draft.bytePair("gpt-2", merges.toArray(String[]::new)).tokenizer();
      for (int length : new int[] {1, 2, 5, 20, 47, 48, 49, 200}) {
        String word = randomWord(random, length);
        assertEquals(byTheBook(merges, word), tokens(tokenizer, word));
      }
    }
  }

  private static List<String> randomMerges(SplittableRandom random, int count) {
    List<String> symbols = new ArrayList<>(List.of("a", "b", "c"));
    Set<String> merges = new LinkedHashSet<>();
    for (int i = 0; i < count; i++) {
      String left = symbols.get(random.nextInt(symbols.size()));
      String right = symbols.get(random.nextInt(symbols.size()));
      if (left.length() + right.length() < 12 && merges.add(left + " " + right)) {
        symbols.add(left + right);
      }
    }
    return List.copyOf(merges);
  }

  private static String randomWord(SplittableRandom random, int length) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append((char) ('a' + random.nextInt(3)));
    }
    return word.toString();
  }

  private static List<String> byTheBook(List<String> merges, String word) {
    List<String> symbols = new ArrayList<>(List.of(word.split("")));
    while (true) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = merges.indexOf(symbols.get(i) + " " + symbols.get(i + 1));
        if (rank >= 0 && rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        return symbols;
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "\n", "7", "!", "ab", "漢", "\u0301", "<|", "'s", "<|im_end|>"})
  void encodesAQuarterMegabyteOfOneThingInSeconds(String thing) {
    Tokenizer tokenizer =
        Draft.bytePair("qwen2", "a a", "aa aa", "Ġ Ġ", "ĠĠ ĠĠ", "Ċ Ċ", "! !", "a b", "ab ab")
            .token("<|im_end|>", Vocabularies.CONTROL)
            .tokenizer();
    String text = thing.repeat((1 << 18) / thing.length());
    int[] ids =
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> tokenizer.encode(text, true, true));
    assertEquals(text, new String(tokenizer.decodeBytes(ids, true), StandardCharsets.UTF_8));
  }
}
