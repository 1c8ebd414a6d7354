package io.firesteel.model.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiloxTest {
  /** Known answers published with the paper. */
  @ParameterizedTest
  @CsvSource({
    "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void givesThePublishedAnswers(String counter, String key, String expected) {
    int[] words = words(counter);
    Philox.encrypt(words, words(key)[0], words(key)[1]);
    assertArrayEquals(words(expected), words);
  }

  @Test
  void drawsAreUniform() {
    double[] draws = LongStream.range(0, 100_000).mapToDouble(i -> Draw.of(7, i).token()).toArray();
    double mean = LongStream.range(0, 100_000).mapToDouble(i -> draws[(int) i]).average().orElse(0);
    assertEquals(0.5, mean, 0.004, "four standard deviations of the mean");
    for (double draw : draws) {
      assertTrue(draw >= 0 && draw < 1, () -> "draw " + draw);
    }
  }

  @Test
  void drawsDependOnSeedAndNumberAlone() {
    assertEquals(Draw.of(1, 2), Draw.of(1, 2));
    assertNotEquals(Draw.of(1, 2), Draw.of(1, 3));
    assertNotEquals(Draw.of(1, 2), Draw.of(2, 2));
    assertNotEquals(Draw.of(1, 2), Draw.of(1L << 32 | 1, 2));
    assertNotEquals(Draw.of(1, 2), Draw.of(1, 1L << 32 | 2));
  }

  private static int[] words(String hex) {
    return java.util.Arrays.stream(hex.trim().split(" "))
        .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
        .toArray();
  }
}
