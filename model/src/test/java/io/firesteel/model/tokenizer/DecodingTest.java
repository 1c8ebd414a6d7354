package io.firesteel.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.model.tokenizer.Vocabularies.Draft;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodingTest {

  private static String through(String preTokenizer, String text) {
    Tokenizer tokenizer = Draft.bytePair(preTokenizer).tokenizer();
    return tokenizer.decode(tokenizer.encode(text, false, false), false, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      textBlock =
          """
          a . b , c ? d !    ; a. b, c? d!
          it 's I 'm we 're  ; it's I'm we're
          do n't I 'd we 'll ; do n't I 'd we 'll
          a ' b              ; a'b
          x ' y ' z          ; x'y'z
          I 've              ; I've
          ends '             ; ends '
          """)
  void takesOutBlanksBeforePunctuationWhereTheVocabularyLeavesThem(String text, String expected) {
    assertEquals(expected, through("gpt-2", text));
    assertEquals(text, through("qwen2", text));
  }

  @Test
  void handlesTextsTooShortToClean() {
    for (String text : new String[] {"", " ", ".", "'", " '", "' "}) {
      assertEquals(text, through("gpt-2", text));
    }
  }

  @Test
  void hidesControlTokensUnlessAskedToShowThem() {
    Tokenizer tokenizer =
        Draft.bytePair("qwen2")
            .token("<c>", Vocabularies.CONTROL)
            .token("<u>", Vocabularies.USER_DEFINED)
            .token("<unused>", Vocabularies.UNUSED)
            .tokenizer();
    int[] ids = {'a', 256, 257, 258, 'b'};
    assertEquals("a<u>b", tokenizer.decode(ids, false, false));
    assertEquals("a<c><u>b", tokenizer.decode(ids, false, true));
  }

  @Test
  void removesBosAndEosOnlyWhereEncodingAddsThem() {
    Draft draft = Draft.bytePair("qwen2").id("bos_token_id", 'B').id("eos_token_id", 'E');
    int[] ids = {'B', 'x', 'E'};
    assertEquals("BxE", draft.tokenizer().decode(ids, true, true));
    Tokenizer adding = draft.flag("add_bos_token", true).flag("add_eos_token", true).tokenizer();
    assertArrayEquals(ids, adding.encode("x", true, false));
    assertEquals("x", adding.decode(ids, true, true));
    assertEquals("BxE", adding.decode(ids, false, true));
  }

  @Test
  void marksCharactersOutsideTheByteAlphabet() {
    Tokenizer tokenizer = Draft.bytePair("qwen2").token("a漢", Vocabularies.NORMAL).tokenizer();
    assertEquals("a[UNK_BYTE_0xe6bca2a漢]", tokenizer.decode(new int[] {256}, false, false));
  }

  @Test
  void givesTheBytesOfASingleToken() {
    Tokenizer tokenizer = Draft.bytePair("qwen2", "Ã ©").tokenizer();
    assertArrayEquals("é".getBytes(StandardCharsets.UTF_8), tokenizer.pieceBytes(256, false));
    assertArrayEquals(new byte[] {(byte) 0xC3}, tokenizer.pieceBytes(0xC3, false));
  }

  @Test
  void refusesIdsBeyondTheVocabulary() {
    Tokenizer tokenizer = Draft.bytePair("qwen2").tokenizer();
    int[] ids = {256};
    IndexOutOfBoundsException error =
        assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.decode(ids, false, false));
    assertEquals("token 256 is not in the vocabulary of 256 tokens", error.getMessage());
  }
}
