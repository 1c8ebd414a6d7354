package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StopFilterTest {
  @ParameterizedTest
  @CsvSource({
    "Hello STOP more, STOP, 'Hello ', STOP",
    "Hello STO, STOP, Hello STO,",
    "aaab, aab, a, aab",
    "one\u20actwo, \u20act, one, \u20act",
    "abcd, abc|b, a, b",
    "xyz, abc|bc, xyz,",
    "say </s> now, </s>|</think>, 'say ', </s>",
    "ababac, abac, ab, abac",
    "end, end|nd, '', end"
  })
  void endsBeforeTheStopStringHoweverTheTextIsCut(
      String text, String stops, String expected, String stoppedBy) {
    Random random = new Random(1);
    for (int round = 0; round < 50; round++) {
      StopFilter filter = new StopFilter(List.of(stops.split("\\|")));
      StringBuilder out = new StringBuilder();
      for (int from = 0, to; from < text.length(); from = to) {
        to = Math.min(text.length(), from + 1 + random.nextInt(4));
        out.append(filter.accept(text.substring(from, to)));
      }
      out.append(filter.rest());
      assertEquals(expected, out.toString());
      assertEquals(stoppedBy, filter.stoppedBy());
    }
  }

  @Test
  void holdsBackOnlyWhatCouldBecomeAStopString() {
    StopFilter filter = new StopFilter(List.of("<|end|>"));
    assertEquals("a ", filter.accept("a <|"));
    assertEquals("<|x", filter.accept("x"));
    assertEquals("<", filter.accept("<<|en"));
    assertEquals("", filter.accept("d|>b"));
    assertEquals("", filter.accept("c"));
    assertEquals("", filter.rest());
  }

  @Test
  void letsEverythingThroughWithoutStopStrings() {
    StopFilter filter = new StopFilter(List.of());
    assertEquals("abc", filter.accept("abc"));
    assertNull(filter.stoppedBy());
  }
}
