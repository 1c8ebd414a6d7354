package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.Sample;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.ptx.driver.Driver;
import io.firesteel.ptx.driver.RequiresGpu;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sampling from the vocabulary of a large model: the host's tokens, and how long a token takes. */
@RequiresGpu
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SamplingOnGpuTest {
  private static final int VOCABULARY = 151_936;
  private static final int ROWS = 16;
  private static final int TURNS = 8;
  private static final int RUNS = 500;

  private PtxOps ops;

  @BeforeAll
  void open() {
    ops = PtxOps.open(Driver.devices().getFirst());
  }

  @AfterAll
  void close() {
    ops.close();
  }

  static Stream<SamplingParameters> parameters() {
    SamplingParameters plain =
        SamplingParameters.DEFAULT.toBuilder().topK(0).topP(1).minP(0).temperature(1).build();
    return Stream.of(
        SamplingParameters.GREEDY,
        SamplingParameters.DEFAULT,
        plain.toBuilder().temperature(0.7f).topK(20).topP(0.8f).build(),
        plain,
        plain.toBuilder().topP(0.95f).build(),
        plain.toBuilder().minP(0.05f).build(),
        SamplingParameters.DEFAULT.toBuilder().repeatPenalty(1.1f, 64).build());
  }

  @ParameterizedTest
  @MethodSource("parameters")
  void tokensAreThoseOfTheHost(SamplingParameters parameters) {
    Random random = new Random(11);
    for (int turn = 0; turn < TURNS; turn++) {
      SamplingParameters seeded = parameters.toBuilder().seed(random.nextLong()).build();
      Sample call = call(seeded, ROWS, random);
      ops.run(call);
      Sampler host = new Sampler(seeded, VOCABULARY);
      int[] expected = new int[ROWS];
      Arrays.setAll(
          expected,
          row ->
              host.sample(
                  call.logits(),
                  row * VOCABULARY,
                  History.of(call.recent()[row]),
                  call.draws()[row]));
      assertArrayEquals(expected, call.tokens(), seeded.toString());
    }
    Sample one = call(parameters, 1, random);
    try (PreparedOp prepared = ops.prepare(one, 1)) {
      prepared.run(RUNS);
      long nanos = prepared.run(RUNS);
      System.out.printf(
          "sample: %.2f us, k %d, p %.2f, min-p %.2f, penalties %b%n",
          nanos / 1e3 / RUNS,
          parameters.topK(),
          parameters.topP(),
          parameters.minP(),
          parameters.penalties().active());
      assertTrue(nanos > 0);
    }
  }

  /** Logits as models have them: a few that matter, and a long tail of some percent. */
  private static Sample call(SamplingParameters parameters, int rows, Random random) {
    float[] logits = new float[rows * VOCABULARY];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (1.5 * random.nextGaussian());
    }
    int[][] recent = new int[rows][];
    long[] draws = new long[rows];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < 20; i++) {
        logits[row * VOCABULARY + random.nextInt(VOCABULARY)] = 12 + 3 * random.nextFloat();
      }
      recent[row] = random.ints(100, 0, VOCABULARY).toArray();
      draws[row] = random.nextInt(100_000);
    }
    return new Sample(logits, parameters, recent, draws, new int[rows]);
  }
}
