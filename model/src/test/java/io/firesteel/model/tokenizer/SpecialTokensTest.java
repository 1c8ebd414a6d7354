package io.firesteel.model.tokenizer;

import static io.firesteel.model.tokenizer.Vocabularies.CONTROL;
import static io.firesteel.model.tokenizer.Vocabularies.NORMAL;
import static io.firesteel.model.tokenizer.Vocabularies.USER_DEFINED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.tokenizer.SpecialTokens.Role;
import io.firesteel.model.tokenizer.Vocabularies.Draft;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecialTokensTest {

  private static List<String> tokens(Draft draft, String text, boolean parseSpecial) {
    Tokenizer tokenizer = draft.tokenizer();
    return IntStream.of(tokenizer.encode(text, false, parseSpecial))
        .mapToObj(tokenizer::tokenText)
        .toList();
  }

  @Test
  void findsControlTokensOnlyWhenAskedToButUserDefinedOnesAlways() {
    Draft draft = Draft.bytePair("gpt-2").token("<c>", CONTROL).token("<u>", USER_DEFINED);
    assertEquals(List.of("x", "<c>", "<u>"), tokens(draft, "x<c><u>", true));
    assertEquals(List.of("x", "<", "c", ">", "<u>"), tokens(draft, "x<c><u>", false));
  }

  @Test
  void prefersTheLongestTokenWhereverItStands() {
    Draft draft =
        Draft.bytePair("gpt-2")
            .token("ab", USER_DEFINED)
            .token("bcd", USER_DEFINED)
            .token("abcde", USER_DEFINED);
    assertEquals(List.of("abcde"), tokens(draft, "abcde", false));
    assertEquals(List.of("a", "bcd", "ab"), tokens(draft, "abcdab", false));
  }

  @Test
  void findsRunsOfATokenFromTheLeft() {
    Draft draft = Draft.bytePair("gpt-2").token("aa", USER_DEFINED);
    assertEquals(List.of("aa", "aa", "a"), tokens(draft, "aaaaa", false));
  }

  @Test
  void phi3TokensTakeTheWhiteSpaceAfterThemAlong() {
    Draft draft =
        Draft.bytePair("gpt-2")
            .modelName("Phi-3 mini")
            .token("<|user|>", CONTROL)
            .token("<|endoftext|>", CONTROL);
    assertEquals(List.of("<|user|>", "x"), tokens(draft, "<|user|> \n\tx", true));
    assertEquals(List.of("<|endoftext|>", "Ġ", "x"), tokens(draft, "<|endoftext|> x", true));
    assertEquals(List.of("<|user|>"), tokens(draft, "<|user|>\n", true));
  }

  @Test
  void masksOfSomeModelsTakeTheWhiteSpaceBeforeThemAlong() {
    Draft draft = Draft.bytePair("jina-v2-code").token("<mask>", CONTROL);
    assertEquals(List.of("a", "<mask>", "Ġ", "b"), tokens(draft, "a  \n<mask> b", true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<end_of_turn>",
        "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "<|end_of_text|>",
        "<｜end▁of▁sentence｜>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"
      })
  void knowsByTheirTextsWhichTokensEndAGeneration(String text) {
    Tokenizer tokenizer = Draft.bytePair("gpt-2").token(text, NORMAL).tokenizer();
    int id = tokenizer.find(text).orElseThrow();
    assertTrue(tokenizer.isEndOfGeneration(id));
    assertTrue(tokenizer.isControl(id));
    assertFalse(tokenizer.isEndOfGeneration('x'));
    assertFalse(tokenizer.isEndOfGeneration(-1));
  }

  @Test
  void endsAGenerationAtTheIdsThatTheFileGives() {
    Tokenizer tokenizer =
        Draft.bytePair("gpt-2").id("eos_token_id", 'e').id("eot_token_id", 't').tokenizer();
    assertEquals(OptionalInt.of('e'), tokenizer.eosId());
    assertTrue(tokenizer.isEndOfGeneration('e'));
    assertTrue(tokenizer.isEndOfGeneration('t'));
  }

  @Test
  void ignoresIdsThatNoTokenHas() {
    Tokenizer tokenizer =
        Draft.bytePair("gpt-2")
            .id("bos_token_id", 256)
            .id("eos_token_id", 'e')
            .id("padding_token_id", 0xFFFFFFFFL)
            .tokenizer();
    assertEquals(OptionalInt.of(11), tokenizer.bosId(), "the default of this kind");
    assertEquals(OptionalInt.of('e'), tokenizer.eosId());
    assertEquals(OptionalInt.empty(), tokenizer.specialTokens().id(Role.PADDING));
  }

  @Test
  void aMessageEndsNoGenerationWhereAnswersHaveAnEndOfTheirOwn() {
    Tokenizer tokenizer =
        Draft.bytePair("gpt-4o")
            .token("<|return|>", CONTROL)
            .token("<|call|>", CONTROL)
            .token("<|end|>", CONTROL)
            .token("<|channel|>", CONTROL)
            .tokenizer();
    int end = tokenizer.find("<|end|>").orElseThrow();
    int channel = tokenizer.find("<|channel|>").orElseThrow();
    assertFalse(tokenizer.isEndOfGeneration(end));
    assertEquals("<|end|><|channel|>", tokenizer.decode(new int[] {end, channel}, false, false));
  }

  @Test
  void findsFillInTheMiddleTokens() {
    Tokenizer tokenizer =
        Draft.bytePair("qwen2")
            .token("<|fim_prefix|>", CONTROL)
            .token("<|fim_suffix|>", CONTROL)
            .token("<|fim_middle|>", CONTROL)
            .tokenizer();
    SpecialTokens special = tokenizer.specialTokens();
    assertEquals(OptionalInt.of(256), special.id(Role.FIM_PREFIX));
    assertEquals(OptionalInt.of(257), special.id(Role.FIM_SUFFIX));
    assertEquals(OptionalInt.of(258), special.id(Role.FIM_MIDDLE));
    assertEquals(OptionalInt.empty(), special.id(Role.FIM_PADDING));
  }

  @Test
  void addsBosWhereThePreTokenizerOrTheFileSaysSo() {
    Draft llama = Draft.bytePair("llama-bpe").id("bos_token_id", 'B');
    assertEquals('B', llama.tokenizer().encode("x", true, false)[0]);
    assertEquals('x', llama.tokenizer().encode("x", false, false)[0]);
    Draft qwen = Draft.bytePair("qwen2").id("bos_token_id", 'B');
    assertEquals('x', qwen.tokenizer().encode("x", true, false)[0]);
    assertEquals('B', qwen.flag("add_bos_token", true).tokenizer().encode("x", true, false)[0]);
  }
}
