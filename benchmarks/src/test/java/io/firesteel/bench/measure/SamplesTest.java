package io.firesteel.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void medianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
    assertEquals(3, new Samples(9, 3, 1).median());
    assertEquals(2, new Samples(3, 9, 1, 1).median());
  }

  @Test
  void spreadIsHalfTheRangeRelativeToTheMedian() {
    assertEquals(0.05, new Samples(95, 100, 105).spread(), 1e-12);
    assertEquals(0, new Samples(7).spread());
  }

  @Test
  void thereIsAtLeastOneSample() {
    assertThrows(IllegalArgumentException.class, Samples::new);
  }
}
