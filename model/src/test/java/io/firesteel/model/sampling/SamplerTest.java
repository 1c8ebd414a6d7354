package io.firesteel.model.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
  private static final History NONE = History.of();

  static final List<SamplingParameters> PARAMETERS =
      List.of(
          SamplingParameters.GREEDY,
          SamplingParameters.DEFAULT,
          SamplingParameters.builder().topK(0).topP(1).minP(0).build(),
          SamplingParameters.builder().topK(0).typicalP(0.9f).xtc(0.5f, 0.1f).build(),
          SamplingParameters.builder()
              .repeatPenalty(1.1f, 64)
              .dry(0.8f, java.util.Set.of())
              .build());

  @Test
  void drawsTokensAsOftenAsTheirProbability() {
    double[] probabilities = {0.5, 0.25, 0.125, 0.1, 0.025};
    float[] logits = new float[5];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i]) + 3;
    }
    Sampler sampler = new Sampler(List.of(), 99, 5);
    int draws = 100_000;
    int[] counts = new int[5];
    IntStream.range(0, draws).forEach(i -> counts[sampler.sample(logits, 0, NONE, i)]++);
    double chiSquare = 0;
    for (int i = 0; i < 5; i++) {
      double expected = draws * probabilities[i];
      chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    assertTrue(chiSquare < 18.5, "chi-square " + chiSquare + " is below the 0.1 % level");
  }

  @ParameterizedTest
  @FieldSource("PARAMETERS")
  void choiceDependsOnLogitsHistoryAndDrawAlone(SamplingParameters parameters) {
    float[] logits = gaussian(new Random(1), 3 * 500);
    float[] before = logits.clone();
    History history = History.of(1, 2, 3, 1, 2);
    Sampler used = new Sampler(parameters, 500);
    for (int draw = 0; draw < 50; draw++) {
      int expected = new Sampler(parameters, 500).sample(logits, 500, history, draw);
      used.sample(logits, 0, NONE, draw);
      used.sample(logits, 1000, history, draw + 7);
      assertEquals(expected, used.sample(logits, 500, history, draw));
    }
    assertArrayEquals(before, logits);
  }

  @Test
  void anotherSeedDrawsOtherTokens() {
    float[] logits = new float[1000];
    SamplingParameters parameters = SamplingParameters.builder().topK(0).build();
    assertNotEquals(
        drawn(parameters, logits), drawn(parameters.toBuilder().seed(1).build(), logits));
  }

  private static List<Integer> drawn(SamplingParameters parameters, float[] logits) {
    Sampler sampler = new Sampler(parameters, logits.length);
    return IntStream.range(0, 20).mapToObj(i -> sampler.sample(logits, 0, NONE, i)).toList();
  }

  @Test
  void greedyTakesTheLowestIdAmongEquals() {
    float[] logits = {1, 5, -0f, 5, 5};
    assertEquals(1, new Sampler(SamplingParameters.GREEDY, 5).sample(logits, 0, NONE, 0));
    float[] zeros = {-0f, 0f};
    assertEquals(0, new Sampler(SamplingParameters.GREEDY, 2).sample(zeros, 0, NONE, 0));
  }

  @Test
  void greedyObeysBiasAndPenalties() {
    float[] logits = {3, 2, 1};
    SamplingParameters banned =
        SamplingParameters.GREEDY.toBuilder()
            .logitBias(Map.of(0, Float.NEGATIVE_INFINITY))
            .topK(1)
            .build();
    assertEquals(1, new Sampler(banned, 3).sample(logits, 0, NONE, 0));
    SamplingParameters penalised =
        SamplingParameters.GREEDY.toBuilder().repeatPenalty(2, 64).build();
    assertEquals(1, new Sampler(penalised, 3).sample(logits, 0, History.of(0), 0));
  }

  @Test
  void shortcutForGreedyEqualsTheWholeChain() {
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      float[] logits = gaussian(random, 300);
      SamplingParameters parameters =
          SamplingParameters.builder()
              .temperature(0)
              .repeatPenalty(1.2f, 64)
              .topK(1 + random.nextInt(50))
              .topP(0.1f + 0.9f * random.nextFloat())
              .minP(random.nextFloat())
              .topNSigma(random.nextInt(3))
              .build();
      History history = new History(random.ints(100, 0, 300).toArray(), 100);
      assertTrue(parameters.greedy());
      assertEquals(
          new Sampler(parameters.chain(), 0, 300).sample(logits, 0, history, round),
          new Sampler(parameters, 300).sample(logits, 0, history, round));
    }
  }

  @ParameterizedTest
  @FieldSource("PARAMETERS")
  void namesTheLogitThatIsNoNumber(SamplingParameters parameters) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] logits = gaussian(new Random(3), 100);
      logits[37] = bad;
      InvalidLogitsException error =
          assertThrows(
              InvalidLogitsException.class,
              () -> new Sampler(parameters, 100).sample(logits, 0, NONE, 0));
      assertTrue(error.getMessage().startsWith("the logit of token 37 is " + bad));
    }
  }

  @ParameterizedTest
  @FieldSource("PARAMETERS")
  void neverDrawsATokenOfLogitMinusInfinity(SamplingParameters parameters) {
    float[] logits = new float[64];
    Arrays.fill(logits, Float.NEGATIVE_INFINITY);
    assertThrows(
        InvalidLogitsException.class, () -> new Sampler(parameters, 64).sample(logits, 0, NONE, 0));
    logits[9] = -4;
    for (int draw = 0; draw < 20; draw++) {
      assertEquals(9, new Sampler(parameters, 64).sample(logits, 0, History.of(9), draw));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void acceptsExtremeButFiniteLogits(int vocabulary) {
    float[] logits = new float[vocabulary];
    Arrays.fill(logits, -Float.MAX_VALUE);
    logits[vocabulary - 1] = Float.MAX_VALUE;
    for (SamplingParameters parameters : PARAMETERS) {
      Sampler sampler = new Sampler(parameters, vocabulary);
      assertEquals(vocabulary - 1, sampler.sample(logits, 0, NONE, 5));
    }
  }

  @Test
  void refusesABiasThatBansEverything() {
    LogitBias all = new LogitBias(Map.of(0, Float.NEGATIVE_INFINITY, 1, Float.NEGATIVE_INFINITY));
    Sampler sampler = new Sampler(List.of(all), 0, 2);
    InvalidLogitsException error =
        assertThrows(InvalidLogitsException.class, () -> sampler.sample(new float[2], 0, NONE, 0));
    assertTrue(error.getMessage().contains("bans every token"), error.getMessage());
  }

  @Test
  void refusesParametersOutOfRangeByName() {
    refused("temperature is -1.0", b -> b.temperature(-1));
    refused("temperature is NaN", b -> b.temperature(Float.NaN));
    refused("top-k is -1", b -> b.topK(-1));
    refused("top-p is 0.0", b -> b.topP(0));
    refused("top-p is 1.5", b -> b.topP(1.5f));
    refused("min-p is 2.0", b -> b.minP(2));
    refused("typical-p is -0.5", b -> b.typicalP(-0.5f));
    refused("XTC probability is 2.0", b -> b.xtc(2, 0.1f));
    refused("XTC threshold is 0.0", b -> b.xtc(1, 0));
    refused("repeat penalty is 0.0", b -> b.repeatPenalty(0, 64));
    refused("lastTokens is -2", b -> b.repeatPenalty(1, -2));
    refused("temperature range is -0.5", b -> b.dynamicTemperature(1, -0.5f, 1));
    refused("the logit bias of token 3 is NaN", b -> b.logitBias(Map.of(3, Float.NaN)));
    refused("the logit bias of token -3 is 1.0", b -> b.logitBias(Map.of(-3, 1f)));
    refused("top-n-sigma is Infinity", b -> b.topNSigma(Float.POSITIVE_INFINITY));
  }

  private static void refused(String message, UnaryOperator<SamplingParameters.Builder> change) {
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () -> change.apply(SamplingParameters.builder()).build());
    assertTrue(error.getMessage().startsWith(message), error.getMessage());
  }

  @Test
  void looksBackAsFarAsPenaltiesOrDryDo() {
    assertEquals(0, SamplingParameters.DEFAULT.lookBack());
    assertEquals(32, SamplingParameters.builder().repeatPenalty(1.1f, 32).build().lookBack());
    assertEquals(-1, SamplingParameters.builder().repeatPenalty(1.1f, -1).build().lookBack());
    assertEquals(
        -1,
        SamplingParameters.builder()
            .repeatPenalty(1.1f, 32)
            .dry(0.8f, java.util.Set.of())
            .build()
            .lookBack());
  }

  @Test
  void logProbabilitiesAreThoseOfTheModelItself() {
    float[] logits = {9, 1, 2, 3, 3, 0};
    double total = IntStream.range(1, 6).mapToDouble(i -> Math.exp(logits[i])).sum();
    LogProbabilities found = LogProbabilities.of(logits, 1, 5, 0, 3);
    assertEquals(0, found.chosen().token());
    assertEquals(1 - Math.log(total), found.chosen().logProbability(), 1e-9);
    assertEquals(List.of(2, 3, 1), found.top().stream().map(TokenProbability::token).toList());
    assertEquals(Math.exp(3) / total, found.top().getFirst().probability(), 1e-9);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 99, 100, 1000})
  void mostLikelyTokensComeInOrderWithTiesById(int count) {
    float[] logits = new float[100];
    Random random = new Random(8);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = random.nextInt(12);
    }
    List<Integer> expected =
        NaiveSampling.tokens(logits).stream()
            .sorted(NaiveSampling.BEST_FIRST)
            .limit(count)
            .map(NaiveSampling.Token::id)
            .toList();
    LogProbabilities found = LogProbabilities.of(logits, 0, 100, 3, count);
    assertEquals(expected, found.top().stream().map(TokenProbability::token).toList());
  }

  private static float[] gaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (3 * random.nextGaussian());
    }
    return values;
  }
}
