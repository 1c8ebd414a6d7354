package io.firesteel.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StreamingDecoderTest {

  private static final int END = 256;

  private final Tokenizer tokenizer =
      Vocabularies.Draft.bytePair("qwen2").token("<|im_end|>", Vocabularies.CONTROL).tokenizer();

  private static int[] bytes(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[utf8.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = utf8[i] & 0xFF;
    }
    return ids;
  }

  @Test
  void yieldsACharacterWithItsLastByte() {
    StreamingDecoder decoder = tokenizer.streamingDecoder(false);
    int[] ids = bytes("é€😁");
    String[] expected = {"", "é", "", "", "€", "", "", "", "😁"};
    for (int i = 0; i < ids.length; i++) {
      assertEquals(expected[i], decoder.next(ids[i]));
    }
    assertEquals("", decoder.finish());
  }

  @Test
  void replacesBytesAsSoonAsTheyCanBecomeNoCharacter() {
    StreamingDecoder decoder = tokenizer.streamingDecoder(false);
    assertEquals("\uFFFD", decoder.next(0x80));
    assertEquals("", decoder.next(0xE2));
    assertEquals("\uFFFDa", decoder.next('a'));
    assertEquals("", decoder.next(0xF0));
    assertEquals("", decoder.next(0x9F));
    assertEquals("\uFFFD", decoder.finish());
  }

  @Test
  void decodesAnotherTextAfterFinish() {
    StreamingDecoder decoder = tokenizer.streamingDecoder(false);
    assertEquals("", decoder.next(0xE2));
    assertEquals("\uFFFD", decoder.finish());
    assertEquals("b", decoder.next('b'));
    assertEquals("", decoder.finish());
  }

  @Test
  void showsControlTokensOnlyWhenAskedTo() {
    assertEquals("", tokenizer.streamingDecoder(false).next(END));
    assertEquals("<|im_end|>", tokenizer.streamingDecoder(true).next(END));
  }

  @Test
  void refusesIdsBeyondTheVocabulary() {
    StreamingDecoder decoder = tokenizer.streamingDecoder(true);
    assertThrows(IndexOutOfBoundsException.class, () -> decoder.next(END + 1));
    assertThrows(IndexOutOfBoundsException.class, () -> decoder.next(-1));
  }

  @Test
  void equalsDecodingAllAtOnceWhateverTheBytes() {
    SplittableRandom random = new SplittableRandom(1);
    int[] likely = {0xC3, 0xE2, 0xE0, 0xED, 0xF0, 0xF4, 0x80, 0x9F, 0xA0, 0xBF, 'a', ' ', END};
    for (int round = 0; round < 20_000; round++) {
      int[] ids = new int[random.nextInt(12)];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = random.nextBoolean() ? likely[random.nextInt(likely.length)] : random.nextInt(257);
      }
      StreamingDecoder decoder = tokenizer.streamingDecoder(true);
      StringBuilder streamed = new StringBuilder();
      for (int id : ids) {
        streamed.append(decoder.next(id));
      }
      streamed.append(decoder.finish());
      assertEquals(tokenizer.decode(ids, false, true), streamed.toString());
    }
  }
}
