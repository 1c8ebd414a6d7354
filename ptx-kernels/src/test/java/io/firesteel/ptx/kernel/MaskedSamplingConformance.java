package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Penalties;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.sampling.TokenMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Under a mask the sampling kernels choose what the host's sampler chooses among the same tokens,
 * on any device.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MaskedSamplingConformance {
  private static final int LIMIT = 8;

  /** Of so many tokens the kernels decide every draw. */
  private static final int DECIDED = 4099;

  private final Bench bench;
  private final int[] vocabularies;

  /**
   * @param bench where kernels are launched; closed at the end
   * @param vocabularies numbers of logits to sample from
   */
  MaskedSamplingConformance(Bench bench, int... vocabularies) {
    this.bench = bench;
    this.vocabularies = vocabularies;
  }

  @AfterAll
  void close() {
    bench.close();
  }

  /** Rows that are sampled together, each under a mask of its own. */
  private final class Rows {
    final Map<String, Long> arguments = new HashMap<>();
    final int vocabulary;
    final int count;
    final SamplingParameters parameters;

    Rows(float[] logits, List<TokenMask> masks, SamplingParameters parameters, long draws) {
      this(logits, masks, parameters, draws, new int[0]);
    }

    Rows(
        float[] logits,
        List<TokenMask> masks,
        SamplingParameters parameters,
        long draws,
        int[] recent) {
      this.parameters = parameters;
      count = masks.size();
      vocabulary = logits.length / count;
      int[] biases = SamplingKernels.biases(parameters.logitBias(), vocabulary);
      int[] words = SamplingKernels.parameters(parameters, draws, recent.length, biases.length / 2);
      arguments.put("logits", bench.upload(logits));
      arguments.put("tokens", bench.upload(new int[count]));
      arguments.put("positions", bench.upload(new int[count]));
      arguments.put("sampled", bench.upload(new int[count * LIMIT]));
      arguments.put("state", bench.upload(new int[4 * count]));
      arguments.put("stops", bench.upload(new int[0]));
      arguments.put("stop_count", 0L);
      arguments.put("limit", (long) LIMIT);
      arguments.put("counters", bench.upload(new int[count]));
      arguments.put("rows", (long) count);
      arguments.put(
          "masks",
          bench.share(
              masks.stream().map(SamplingKernels::mask).flatMapToLong(Arrays::stream).toArray()));
      if (parameters.plainGreedy()) {
        arguments.put("best", bench.allocate(8L * count * Kernels.GREEDY_CTAS));
      } else {
        arguments.put("parameters", bench.upload(repeated(words)));
        arguments.put("recent", bench.upload(repeated(recent)));
        arguments.put("recent_stride", (long) recent.length);
        arguments.put("bias", bench.upload(repeated(biases)));
        arguments.put("bias_stride", (long) biases.length / 2);
        arguments.put("scratch", bench.allocate(SamplingKernels.scratchBytes(vocabulary, count)));
      }
    }

    private int[] repeated(int[] row) {
      return IntStream.range(0, count * row.length).map(i -> row[i % row.length]).toArray();
    }

    void sample() {
      KernelSpec kernel =
          parameters.plainGreedy()
              ? Kernels.sampleGreedy(vocabulary)
              : SamplingKernels.sample(vocabulary);
      bench.launch(SamplingKernels.masked(kernel), arguments);
    }

    int[] ints(String name, int length) {
      return bench.intsAt(arguments.get(name), length);
    }
  }

  static Stream<SamplingParameters> parameters() {
    return Stream.concat(
        SamplingTest.parameters(),
        Stream.of(
            SamplingParameters.GREEDY.toBuilder()
                .penalties(new Penalties(16, 1.5f, 0.1f, 0.1f))
                .build()));
  }

  /** One token, a few, half of them, all but a few, all of them. */
  private static List<TokenMask> masks(Random random, int vocabulary) {
    List<BitSet> sets = new ArrayList<>();
    for (double share : new double[] {0, 8.0 / vocabulary, 0.5, 0.97, 1}) {
      BitSet set = new BitSet(vocabulary);
      for (int id = 0; id < vocabulary; id++) {
        set.set(id, random.nextDouble() < share);
      }
      set.set(random.nextInt(vocabulary));
      sets.add(set);
    }
    return sets.stream().map(set -> TokenMask.of(vocabulary, set)).toList();
  }

  @ParameterizedTest
  @MethodSource("parameters")
  void tokensAreThoseThatTheHostDrawsAmongTheAllowed(SamplingParameters parameters) {
    Random random = new Random(17);
    for (int vocabulary : vocabularies) {
      List<TokenMask> masks = masks(random, vocabulary);
      float[] logits = SamplingTest.logits(random, masks.size() * vocabulary, 2);
      int[] recent = random.ints(20, 0, Math.min(vocabulary, 40)).toArray();
      long draw = random.nextLong() >>> 1;
      SamplingParameters seeded = parameters.toBuilder().seed(random.nextLong()).build();
      Rows rows = new Rows(logits, masks, seeded, draw, recent);
      rows.sample();
      int[] state = rows.ints("state", 4 * masks.size());
      int[] tokens = rows.ints("tokens", masks.size());
      Sampler host = new Sampler(seeded, vocabulary);
      for (int row = 0; row < masks.size(); row++) {
        TokenMask mask = masks.get(row);
        int reason = state[4 * row + 1];
        // A nucleus of thousands is left to the host.
        if (mask.count() <= DECIDED || reason != SamplingKernels.UNDECIDED) {
          assertEquals(SamplingKernels.RUNS, reason, mask + " with " + seeded);
          assertEquals(
              host.sample(logits, row * vocabulary, History.of(recent), draw, mask),
              tokens[row],
              mask + " with " + seeded);
        }
      }
      assertArrayEquals(new int[masks.size()], rows.ints("counters", masks.size()));
    }
  }

  static Stream<SamplingParameters> bothKernels() {
    return Stream.of(SamplingParameters.GREEDY, SamplingParameters.DEFAULT);
  }

  @ParameterizedTest
  @MethodSource("bothKernels")
  void brokenLogitsMatterOnlyWhereTheyAreAllowed(SamplingParameters parameters) {
    float[] logits = new float[2 * 500];
    logits[42] = Float.NaN;
    logits[500 + 42] = Float.NaN;
    TokenMask without = TokenMask.of(500, BitSet.valueOf(new long[] {0b110}));
    TokenMask with = TokenMask.of(500, BitSet.valueOf(new long[] {1L << 42 | 1}));
    Rows rows = new Rows(logits, List.of(without, with), parameters, 0);
    rows.sample();
    int[] state = rows.ints("state", 8);
    assertEquals(SamplingKernels.RUNS, state[1]);
    assertEquals(SamplingKernels.BROKEN, state[5]);
  }

  @ParameterizedTest
  @MethodSource("bothKernels")
  void rowsOfWhichNoAllowedTokenCanBeDrawnStop(SamplingParameters parameters) {
    float[] logits = new float[500];
    logits[7] = Float.NEGATIVE_INFINITY;
    TokenMask onlySeven = TokenMask.of(500, BitSet.valueOf(new long[] {1 << 7}));
    Rows rows = new Rows(logits, List.of(onlySeven), parameters, 0);
    rows.sample();
    assertEquals(SamplingKernels.BROKEN, rows.ints("state", 2)[1]);
    assertEquals(0, rows.ints("positions", 1)[0]);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 127, 128, 129, 4097})
  void masksHaveABitForEachTokenInWholeRunsOf128(int vocabulary) {
    BitSet last = new BitSet();
    last.set(vocabulary - 1);
    long[] words = SamplingKernels.mask(TokenMask.of(vocabulary, last));
    assertEquals(SamplingKernels.maskBytes(vocabulary), 8L * words.length);
    assertEquals(0, words.length % 2);
    assertEquals(last, BitSet.valueOf(words));
  }

  /** The mask is read again for each token, at the place where it was. */
  @Test
  void oneMaskServesSeveralTokens() {
    float[] logits = new float[300];
    logits[5] = 10;
    logits[6] = 9;
    TokenMask notFive = TokenMask.of(300, BitSet.valueOf(new long[] {1 << 6 | 1 << 7}));
    Rows rows = new Rows(logits, List.of(notFive), SamplingParameters.GREEDY, 0);
    rows.sample();
    rows.sample();
    assertArrayEquals(new int[] {6, 6}, rows.ints("sampled", 2));
  }
}
