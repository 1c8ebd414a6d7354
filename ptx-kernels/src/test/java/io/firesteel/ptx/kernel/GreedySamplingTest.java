package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GreedySamplingTest {
  private static final int LIMIT = 3;

  private final Bench bench = new Bench();

  /** State of the rows of a step, in device memory. */
  private final class Rows {
    final int count;
    final int vocabulary;
    final Map<String, Long> arguments = new HashMap<>();

    Rows(int vocabulary, float[] logits, int... stops) {
      this.vocabulary = vocabulary;
      this.count = logits.length / vocabulary;
      arguments.put("logits", bench.upload(logits));
      arguments.put("tokens", bench.upload(new int[count]));
      arguments.put("positions", bench.upload(new int[count]));
      arguments.put("sampled", bench.upload(new int[count * LIMIT]));
      arguments.put("state", bench.upload(new int[4 * count]));
      arguments.put("stops", bench.upload(stops));
      arguments.put("stop_count", (long) stops.length);
      arguments.put("limit", (long) LIMIT);
      arguments.put("best", bench.allocate(8L * count * 256));
      arguments.put("counters", bench.upload(new int[count]));
      arguments.put("rows", (long) count);
    }

    void sample() {
      bench.launch(Kernels.sampleGreedy(vocabulary), arguments);
    }

    int[] ints(String name, int length) {
      return bench.intsAt(arguments.get(name), length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 1000, 4099})
  void theLowestOfTheLargestLogitsIsChosen(int vocabulary) {
    float[] logits = bench.floats(2 * vocabulary, 1);
    int low = vocabulary / 3;
    logits[low] = logits[vocabulary - 1] = 20;
    logits[2 * vocabulary - 1] = 20;
    Rows rows = new Rows(vocabulary, logits);
    rows.sample();
    assertArrayEquals(new int[] {low, vocabulary - 1}, rows.ints("tokens", 2));
    assertArrayEquals(new int[] {1, 1}, rows.ints("positions", 2));
    assertArrayEquals(new int[2], rows.ints("counters", 2));
  }

  @Test
  void rowsStopAtStopTokensAndAtTheLimit() {
    float[] logits = new float[2 * 100];
    logits[7] = 1;
    logits[100 + 8] = 1;
    Rows rows = new Rows(100, logits, 50, 8);
    for (int i = 0; i < LIMIT + 1; i++) {
      rows.sample();
    }
    assertArrayEquals(new int[] {7, 7, 7, 8, 0, 0}, rows.ints("sampled", 2 * LIMIT));
    assertArrayEquals(new int[] {LIMIT, 2, 0, 0, 1, 1, 0, 0}, rows.ints("state", 8));
    assertArrayEquals(new int[] {LIMIT, 1}, rows.ints("positions", 2));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void brokenLogitsStopTheRow(float broken) {
    float[] logits = bench.floats(100, 1);
    logits[42] = broken;
    Rows rows = new Rows(100, logits);
    rows.sample();
    assertEquals(3, rows.ints("state", 4)[1]);
    assertEquals(0, rows.ints("positions", 1)[0]);
  }
}
