package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Penalties;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sampling kernel chooses what the host's sampler chooses. */
class SamplingTest {
  private static final int LIMIT = 8;

  private final Bench bench = new Bench();

  /** One row and how it is sampled. */
  private final class Row {
    final Map<String, Long> arguments = new HashMap<>();
    final int vocabulary;

    Row(float[] logits, SamplingParameters parameters, long draws, int[] recent, int... stops) {
      this.vocabulary = logits.length;
      int[] biases = SamplingKernels.biases(parameters.logitBias(), vocabulary);
      arguments.put("logits", bench.upload(logits));
      arguments.put("tokens", bench.upload(new int[1]));
      arguments.put("positions", bench.upload(new int[1]));
      arguments.put("sampled", bench.upload(new int[LIMIT]));
      arguments.put("state", bench.upload(new int[4]));
      arguments.put("stops", bench.upload(stops));
      arguments.put("stop_count", (long) stops.length);
      arguments.put("limit", (long) LIMIT);
      arguments.put(
          "parameters",
          bench.upload(
              SamplingKernels.parameters(parameters, draws, recent.length, biases.length / 2)));
      arguments.put("recent", bench.upload(recent));
      arguments.put("recent_stride", (long) recent.length);
      arguments.put("bias", bench.upload(biases));
      arguments.put("bias_stride", (long) biases.length / 2);
      arguments.put("scratch", bench.allocate(SamplingKernels.scratchBytes(vocabulary, 1)));
      arguments.put("counters", bench.upload(new int[1]));
      arguments.put("rows", 1L);
    }

    void sample() {
      bench.launch(SamplingKernels.sample(vocabulary), arguments);
    }

    int[] ints(String name, int length) {
      return bench.intsAt(arguments.get(name), length);
    }

    int reason() {
      return ints("state", 2)[1];
    }
  }

  static Stream<SamplingParameters> parameters() {
    SamplingParameters plain =
        SamplingParameters.DEFAULT.toBuilder().topK(0).topP(1).minP(0).build();
    return Stream.of(
        SamplingParameters.GREEDY,
        SamplingParameters.DEFAULT,
        plain.toBuilder().temperature(0.6f).topK(20).topP(0.95f).build(),
        plain.toBuilder().temperature(1).topK(5).build(),
        plain.toBuilder().temperature(1).build(),
        plain.toBuilder().temperature(1.7f).build(),
        plain.toBuilder().temperature(1).topP(0.9f).build(),
        plain.toBuilder().temperature(0.5f).topP(0.3f).minP(0.02f).build(),
        plain.toBuilder().temperature(1).minP(0.1f).build(),
        plain.toBuilder().temperature(1.2f).topK(300).minP(0.01f).build(),
        plain.toBuilder().temperature(1).topK(200).topP(0.999f).build(),
        plain.toBuilder()
            .temperature(1)
            .topK(40)
            .penalties(new Penalties(-1, 1.3f, 0.2f, 0.1f))
            .build(),
        plain.toBuilder()
            .penalties(new Penalties(4, 0.8f, -0.5f, 0.3f))
            .logitBias(Map.of(3, 6f, 7, Float.NEGATIVE_INFINITY, 4000, 1f))
            .build());
  }

  /** Logits as models have them: most far below a few. */
  static float[] logits(Random random, int vocabulary, double spread) {
    float[] logits = new float[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      logits[i] = (float) (random.nextGaussian() * spread);
      if (random.nextInt(50) == 0) {
        logits[i] += (float) (8 * random.nextDouble());
      }
      if (random.nextInt(10) == 0) {
        logits[i] = Math.round(logits[i]);
      }
    }
    return logits;
  }

  @ParameterizedTest
  @MethodSource("parameters")
  void tokensAreThoseOfTheHost(SamplingParameters parameters) {
    Random random = new Random(42);
    int decided = 0;
    int draws = 0;
    for (int vocabulary : new int[] {1, 2, 100, 1000, 4099, 20_000}) {
      for (int i = 0; i < (vocabulary < 10_000 ? 4 : 1); i++) {
        float[] logits = logits(random, vocabulary, 1 + random.nextInt(4));
        int[] recent = random.ints(20, 0, Math.min(vocabulary, 40)).toArray();
        long draw = random.nextLong() >>> 1;
        SamplingParameters seeded = parameters.toBuilder().seed(random.nextLong()).build();
        Row row = new Row(logits, seeded, draw, recent);
        row.sample();
        draws++;
        decided += row.reason() == SamplingKernels.RUNS ? 1 : 0;
        int expected = new Sampler(seeded, vocabulary).sample(logits, 0, History.of(recent), draw);
        assertArrayEquals(new int[] {1, 0}, row.ints("state", 2));
        assertEquals(expected, row.ints("tokens", 1)[0], seeded + " of " + vocabulary);
        assertEquals(0, row.ints("counters", 1)[0]);
      }
    }
    assertEquals(draws, decided, "tokens drawn on the device");
  }

  /** Two chunks per warp and most of the CTAs that there can be. */
  @Test
  void largeVocabulariesToo() {
    float[] logits = logits(new Random(3), 163_901, 3);
    Row row = new Row(logits, SamplingParameters.DEFAULT, 5, new int[0]);
    row.sample();
    int expected =
        new Sampler(SamplingParameters.DEFAULT, logits.length).sample(logits, 0, History.of(), 5);
    assertEquals(expected, row.ints("tokens", 1)[0]);
  }

  /** With a number of candidates that is odd, so that a row's scratch needs padding. */
  @Test
  void rowsAreSampledEachInItsOwnWay() {
    float[] logits = logits(new Random(4), 2 * 5000, 2);
    SamplingParameters second = SamplingParameters.DEFAULT.toBuilder().topK(0).seed(9).build();
    int[] bias = {17, Float.floatToRawIntBits(30)};
    int[] both =
        IntStream.concat(
                IntStream.of(SamplingKernels.parameters(SamplingParameters.GREEDY, 0, 0, 1)),
                IntStream.of(SamplingKernels.parameters(second, 3, 1, 0)))
            .toArray();
    Row rows = new Row(Arrays.copyOf(logits, 5000), SamplingParameters.GREEDY, 0, new int[0]);
    rows.arguments.put("logits", bench.upload(logits));
    rows.arguments.put("rows", 2L);
    rows.arguments.put("parameters", bench.upload(both));
    rows.arguments.put("recent", bench.upload(1, 2));
    rows.arguments.put("recent_stride", 1L);
    rows.arguments.put("bias", bench.upload(bias));
    rows.arguments.put("bias_stride", 1L);
    rows.arguments.put("scratch", bench.allocate(SamplingKernels.scratchBytes(5000, 2)));
    for (String name : new String[] {"tokens", "positions", "counters"}) {
      rows.arguments.put(name, bench.upload(new int[2]));
    }
    rows.arguments.put("sampled", bench.upload(new int[2 * LIMIT]));
    rows.arguments.put("state", bench.upload(new int[8]));
    rows.sample();
    int expected = new Sampler(second, 5000).sample(logits, 5000, History.of(2), 3);
    assertArrayEquals(new int[] {17, expected}, rows.ints("tokens", 2));
  }

  @Test
  void sampledTokensCountAsRecentOnes() {
    float[] logits = new float[300];
    logits[5] = 10;
    logits[6] = 9;
    logits[7] = 8;
    SamplingParameters p =
        SamplingParameters.GREEDY.toBuilder().penalties(new Penalties(8, 1, 0, 5)).build();
    Row row = new Row(logits, p, 0, new int[] {5}, 7);
    row.sample();
    row.sample();
    row.sample();
    assertArrayEquals(new int[] {6, 7, 0}, row.ints("sampled", 3));
    assertArrayEquals(new int[] {2, SamplingKernels.STOP_TOKEN}, row.ints("state", 2));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void brokenLogitsStopTheRow(float broken) {
    float[] logits = logits(new Random(1), 500, 2);
    logits[499] = broken;
    Row row = new Row(logits, SamplingParameters.DEFAULT, 0, new int[0]);
    row.sample();
    assertEquals(SamplingKernels.BROKEN, row.reason());
  }

  @Test
  void nothingLeftToDrawStopsTheRow() {
    float[] logits = new float[500];
    Arrays.fill(logits, Float.NEGATIVE_INFINITY);
    Row row = new Row(logits, SamplingParameters.DEFAULT, 0, new int[0]);
    row.sample();
    assertEquals(SamplingKernels.BROKEN, row.reason());
  }

  @Test
  void whatIsNotKeptIsLeftToTheHost() {
    Row row =
        new Row(
            new float[20_000],
            SamplingParameters.DEFAULT.toBuilder().topK(0).topP(0.9f).build(),
            0,
            new int[0]);
    row.sample();
    assertEquals(SamplingKernels.UNDECIDED, row.reason());
    assertEquals(0, row.ints("positions", 1)[0]);
  }
}
