package io.firesteel.tornado.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.tornado.kernels.Argument;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

class TaskIdsTest {
  private final TaskIds ids = new TaskIds("t");

  private String next(String kernel, int number) {
    return ids.next(kernel, List.of(Argument.in(new FloatArray(4)), Argument.scalar(number)));
  }

  @Test
  void tasksThatRunTheSameCodeDifferInCaseAlone() {
    List<String> alike = IntStream.range(0, 100).mapToObj(i -> next("Gemv_4x32", 8)).toList();
    assertEquals(100, alike.stream().distinct().count());
    assertEquals(1, alike.stream().map(id -> id.toLowerCase(Locale.ROOT)).distinct().count());
  }

  @Test
  void otherKernelsAndOtherNumbersAreOtherCode() {
    String id = next("Gemv_4x32", 8).toLowerCase(Locale.ROOT);
    assertNotEquals(id, next("Gemv_8x32", 8).toLowerCase(Locale.ROOT));
    assertNotEquals(id, next("Gemv_4x32", -8).toLowerCase(Locale.ROOT));
  }

  @Test
  void moreAlikeTasksThanThereAreIdsAreRefused() {
    IntStream.range(0, 4096).forEach(i -> next("Gemv_4x32", 8));
    assertThrows(IllegalStateException.class, () -> next("Gemv_4x32", 8));
  }
}
