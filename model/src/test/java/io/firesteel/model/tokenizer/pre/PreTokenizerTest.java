package io.firesteel.model.tokenizer.pre;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PreTokenizerTest {

  private static List<String> words(String preTokenizer, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    List<String> words = new ArrayList<>();
    PreTokenizer.named(preTokenizer)
        .orElseThrow()
        .split(
            ClassifiedText.of(utf8, 0, utf8.length),
            (from, to) -> words.add(new String(utf8, from, to - from, StandardCharsets.UTF_8)));
    return words;
  }

  /** {@code _} stands for a blank, {@code /} for a line break, {@code ^} for a carriage return. */
  private static String plain(String shown) {
    return shown.replace('_', ' ').replace('/', '\n').replace('^', '\r').replace('>', '\t');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      textBlock =
          """
          gpt-2           ; Hello_world's_end       ; Hello|_world|'s|_end
          gpt-2           ; WE'LL                   ; WE|'|LL
          gpt-2           ; a___b                   ; a|__|_b
          gpt-2           ; a___                    ; a|___
          gpt-2           ; a//_b                   ; a|//|_b
          gpt-2           ; 1234_56                 ; 1234|_56
          gpt-2           ; wait..._what?!          ; wait|...|_what|?!
          starcoder       ; ab_123                  ; ab|_|1|2|3
          llama-bpe       ; WE'LL                   ; WE|'LL
          llama-bpe       ; 1234567                 ; 123|456|7
          llama-bpe       ; a//_/__b                ; a|//_/|_|_b
          llama-bpe       ; x.//y                   ; x|.//|y
          llama-bpe       ; (word                   ; (word
          qwen2           ; 1234                    ; 1|2|3|4
          qwen2           ; a^/b                    ; a|^/|b
          qwen2           ; _>x                     ; _|>x
          qwen2           ; e\u0301_x              ; e|\u0301|_x
          qwen35          ; e\u0301_x              ; e\u0301|_x
          deepseek-v3     ; a1234漢字か.b            ; a|123|4|漢字か|.b
          deepseek-v3     ; _~~x                    ; _|~|~x
          deepseek-llm    ; Hello_world漢字123       ; Hello|_world|漢字|123
          deepseek-coder  ; x_=_12/                 ; x|_=_|1|2|/
          falcon          ; a1234`b                 ; a|123|4|`|b
          default         ; a1234`b                 ; a|123|4|`|b
          tekken          ; HelloWorld/IOStream     ; Hello|World|/|IOStream
          gpt-4o          ; don't_DON'T             ; don't|_DON'T
          bloom           ; a,b_c                   ; a|,|b|_c
          kimi-k2         ; 漢字word's1234           ; 漢字|word's|123|4
          laguna          ; a/b                     ; a|/|b
          exaone-moe      ; two_words._x            ; two_words|.|_x
          afmoe           ; ab12345                 ; ab|12|345
          jais-2          ; a_____b                 ; a|____|_b
          """)
  void cutsTextAsPublished(String preTokenizer, String text, String expected) {
    List<String> shown = List.of(plain(expected).split("\\|"));
    assertEquals(shown, words(preTokenizer, plain(text)));
  }

  @Test
  void countsNoBreakAndIdeographicSpacesAsWhiteSpaceButNotAsBlanks() {
    assertEquals(List.of("a", "\u00A0\u3000"), words("gpt-2", "a\u00A0\u3000"));
    assertEquals(List.of("\u00A0", "a"), words("gpt-2", "\u00A0a"));
  }

  @Test
  void treatsCodePointsUnassignedInItsUnicodeVersionAsNoLetters() {
    assertEquals(List.of("a", "\u1C89", "b"), words("gpt-2", "a\u1C89b"));
    assertEquals(List.of("a", "\u0378", "b"), words("gpt-2", "a\u0378b"));
  }

  @Test
  void countsLetterNumbersAndOtherNumbersAsNumbers() {
    assertEquals(List.of("½²Ⅷ٣"), words("gpt-2", "½²Ⅷ٣"));
  }

  static Iterable<String> names() {
    return PreTokenizer.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void losesNothingAndStaysLinearOnLongRuns(String preTokenizer) {
    for (String run :
        List.of("a", "A", " ", "\n", "7", "!", "'", "漢", "\u0301", "😀", " \n", "~")) {
      for (String end : List.of("", "x", "é", "1", "!")) {
        String text = run.repeat(10_000) + end;
        List<String> words =
            assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> words(preTokenizer, text), run + " then " + end);
        assertEquals(text, String.join("", words));
        assertTrue(words.stream().noneMatch(String::isEmpty));
      }
    }
  }
}
