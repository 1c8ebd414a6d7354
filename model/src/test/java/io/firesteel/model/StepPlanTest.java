package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepPlanTest {
  @ParameterizedTest
  @CsvSource({
    "5, 512, 5",
    "1000, 512, 512",
    "1 1 1, 512, 1 1 1",
    "1 1000, 512, 1 129",
    "1000 1 1000, 512, 65 1 65",
    "1000 1000, 512, 256 256",
    "10 1000, 512, 10 502",
    "1000 1000 1000, 4, 2 1 1",
    "3 3 3, 3, 1 1 1"
  })
  void givesEachSequenceItsShare(String remaining, int maxRows, String expected) {
    assertArrayEquals(
        numbers(expected), StepPlan.rows(numbers(remaining), normal(numbers(remaining)), maxRows));
  }

  @Test
  void neverExceedsTheStepOrTheNeed() {
    Random random = new Random(1);
    for (int round = 0; round < 1000; round++) {
      int maxRows = 1 + random.nextInt(600);
      int[] remaining = random.ints(1 + random.nextInt(maxRows), 1, 700).toArray();
      int[] rows = StepPlan.rows(remaining, normal(remaining), maxRows);
      assertTrue(Arrays.stream(rows).sum() <= maxRows);
      for (int i = 0; i < rows.length; i++) {
        assertTrue(rows[i] >= 1 && rows[i] <= remaining[i]);
      }
    }
  }

  @Test
  void servesTheUrgentFirstAndNobodyNot() {
    Priority[] priorities = {Priority.BATCH, Priority.INTERACTIVE, Priority.NORMAL};
    int[] prompts = {1000, 200, 1000};
    assertArrayEquals(new int[] {1, 200, 311}, StepPlan.rows(prompts, priorities, 512));
    assertArrayEquals(new int[] {1, 98, 1}, StepPlan.rows(prompts, priorities, 100));
    // A step that decodes has 128 rows for prompts: here the urgent one decodes.
    assertArrayEquals(
        new int[] {1, 1, 129}, StepPlan.rows(new int[] {9, 1, 1000}, priorities, 512));
  }

  private static Priority[] normal(int[] remaining) {
    return Arrays.stream(remaining).mapToObj(_ -> Priority.NORMAL).toArray(Priority[]::new);
  }

  private static int[] numbers(String text) {
    return Arrays.stream(text.trim().split(" ")).mapToInt(Integer::parseInt).toArray();
  }
}
