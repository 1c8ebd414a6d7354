package io.firesteel.model.tokenizer.pre;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CharacterClassTest {

  /** How many code points beyond ASCII Unicode 15.1 has in each class. */
  private static final Map<Byte, Long> UNICODE_15_1 =
      Map.of(
          CharacterClass.LETTER, 136_674L,
          CharacterClass.NUMBER, 1_821L,
          CharacterClass.MARK, 2_450L,
          CharacterClass.PUNCTUATION, 819L,
          CharacterClass.SYMBOL, 7_766L,
          CharacterClass.WIDE_SPACE, 19L,
          CharacterClass.OTHER, 824_718L + 139_717L);

  @Test
  void classifiesEveryCodePointAsUnicode15Does() {
    Map<Byte, Long> counts =
        IntStream.rangeClosed(0x80, Character.MAX_CODE_POINT)
            .mapToObj(CharacterClass::of)
            .collect(Collectors.groupingBy(unit -> unit, Collectors.counting()));
    assertEquals(UNICODE_15_1, counts);
  }

  @Test
  void letsAsciiStandForItself() {
    for (int c = 0; c < 0x80; c++) {
      assertEquals(c, CharacterClass.of(c));
    }
  }
}
