package io.firesteel.model.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class SamplingStageTest {
  private static final History NO_HISTORY = History.of();

  static Stream<Arguments> smallCases() {
    return Stream.of(
        arguments(new TopK(1), p(.1, .2, .3, .4), p(0, 0, 0, 1)),
        arguments(new TopK(3), p(.1, .2, .3, .4), p(0, .2222, .3333, .4444)),
        arguments(new TopK(2), p(.25, .25, .25, .25), p(.5, .5, 0, 0)),
        arguments(new TopP(.7f), p(.1, .2, .3, .4), p(0, 0, .428571, .571429)),
        arguments(new TopP(.8f), p(.1, .2, .3, .4), p(0, .2222, .3333, .4444)),
        arguments(new TopP(.001f), p(.1, .2, .3, .4), p(0, 0, 0, 1)),
        arguments(new TopP(.5f), p(.25, .25, .25, .25), p(.5, .5, 0, 0)),
        arguments(new MinP(.24f), p(.1, .2, .3, .4), p(.1, .2, .3, .4)),
        arguments(new MinP(.26f), p(.1, .2, .3, .4), p(0, .2222, .3333, .4444)),
        arguments(new MinP(1f), p(.1, .2, .3, .4), p(0, 0, 0, 1)),
        arguments(new Typical(.5f), p(.97, .01, .01, .01), p(1, 0, 0, 0)),
        arguments(new Typical(.5f), p(.4, .2, .2, .2), p(0, .3333, .3333, .3333)),
        arguments(new TopNSigma(1f), p(.1, .2, .3, .4), p(0, 0, .428571, .571429)),
        arguments(new TopNSigma(3f), p(.1, .2, .3, .4), p(.1, .2, .3, .4)),
        arguments(new Xtc(1f, .09f), p(.1, .2, .3, .4), p(1, 0, 0, 0)),
        arguments(new Xtc(1f, .19f), p(.1, .2, .3, .4), p(.3333, .6667, 0, 0)),
        arguments(new Xtc(1f, .39f), p(.1, .2, .3, .4), p(.1, .2, .3, .4)),
        arguments(new Temperature(0, 0, 1), p(.3, .4, .3), p(0, 1, 0)),
        arguments(new Temperature(2, 0, 1), p(.2, .8), p(.3333, .6667)),
        arguments(new Temperature(1, 1, 1), p(.25, .25, .5), p(.25, .25, .5)),
        arguments(new LogitBias(Map.of(1, Float.NEGATIVE_INFINITY)), p(.2, .6, .2), p(.5, 0, .5)),
        arguments(new LogitBias(Map.of(0, (float) Math.log(3))), p(.25, .75), p(.5, .5)));
  }

  @ParameterizedTest
  @MethodSource("smallCases")
  void keepsAndScalesAsItsPaperSays(SamplingStage stage, double[] given, double[] expected) {
    float[] logits = new float[given.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(given[i]);
    }
    if (stage instanceof Temperature(_, float range, _) && range > 0) {
      expected = dynamicTemperatureOf(given);
    }
    assertArrayEquals(expected, run(stage, logits, NO_HISTORY), 1e-4);
  }

  // Temperature 0 to 2 with the entropy's share of the largest entropy.
  private static double[] dynamicTemperatureOf(double[] p) {
    double entropy = -Arrays.stream(p).map(x -> x * Math.log(x)).sum();
    double temperature = 2 * entropy / Math.log(p.length);
    double[] scaled = Arrays.stream(p).map(x -> Math.pow(x, 1 / temperature)).toArray();
    double total = Arrays.stream(scaled).sum();
    return Arrays.stream(scaled).map(x -> x / total).toArray();
  }

  @Test
  void penaltiesCountOccurrencesAmongTheLatestTokens() {
    float[] logits = {2, -2, 1, 1};
    History history = History.of(3, 0, 1, 1);
    Candidates candidates = new Candidates(4);
    candidates.load(logits, 0);
    new Penalties(3, 2, 0.5f, 0.25f).apply(candidates, history, Draw.of(0, 0));
    assertEquals(2f / 2 - 0.5f - 0.25f, candidates.logit(0));
    assertEquals(-2f * 2 - 2 * 0.5f - 0.25f, candidates.logit(1));
    assertEquals(1, candidates.logit(2), "never occurred");
    assertEquals(1, candidates.logit(3), "occurred too long ago");
  }

  @Test
  void dryPenalisesTheTokenThatContinuedALongerRepetitionMore() {
    // 1 2 3 came before 4, and 3 before 5; the text ends with 1 2 3.
    History history = History.of(1, 2, 3, 4, 9, 8, 3, 5, 1, 2, 3);
    Candidates candidates = new Candidates(10);
    candidates.load(new float[10], 0);
    new Dry(0.8f, 1.75f, 1, -1, Set.of()).apply(candidates, history, Draw.of(0, 0));
    assertEquals(-0.8f * 1.75f * 1.75f, candidates.logit(4), 1e-6);
    assertEquals(-0.8f, candidates.logit(5), 1e-6);
    assertEquals(0, candidates.logit(1));
  }

  @Test
  void dryRepetitionsEndAtABreaker() {
    History history = History.of(1, 2, 3, 4, 1, 2, 3);
    Candidates candidates = new Candidates(5);
    candidates.load(new float[5], 0);
    new Dry(1, 2, 1, -1, Set.of(2)).apply(candidates, history, Draw.of(0, 0));
    assertEquals(-1, candidates.logit(4), "only the 3 after the breaker counts");
  }

  static final List<SamplingStage> STAGES =
      List.of(
          new TopK(1),
          new TopK(40),
          new TopK(1000),
          new TopP(0.5f),
          new TopP(0.95f),
          new TopP(0.9999f),
          new MinP(0.05f),
          new MinP(0.5f),
          new Typical(0.2f),
          new Typical(0.95f),
          new TopNSigma(1.5f),
          new Xtc(0.5f, 0.1f),
          new Xtc(1, 0.01f),
          new Temperature(0, 0, 1),
          new Temperature(0.7f, 0, 1),
          new Temperature(1, 0.5f, 1.3f),
          new Penalties(64, 1.3f, 0.2f, -0.4f),
          new Penalties(-1, 0.7f, -0.1f, 0),
          new LogitBias(Map.of(0, 3f, 1, -3f)),
          new Dry(0.8f, 1.75f, 2, -1, Set.of(3)),
          new Dry(0.5f, 1.2f, 1, 50, Set.of()));

  /** Wide, flat and tied logits; ties are decided by the id. */
  @ParameterizedTest
  @FieldSource("STAGES")
  void agreesWithTheSortedDoublePrecisionVersion(SamplingStage stage) {
    Random random = new Random(11);
    for (int round = 0; round < 60; round++) {
      int vocabulary = 2 + random.nextInt(round % 3 == 0 ? 3000 : 60);
      float[] logits = logits(random, vocabulary, round % 4);
      History history = history(random, vocabulary);
      double[] found = run(stage, logits, history);
      double[] expected = naive(stage, logits, history);
      assertArrayEquals(expected, found, 2e-6, stage + " in round " + round);
    }
  }

  @Test
  void chainAgreesWithTheSortedDoublePrecisionVersion() {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      List<SamplingStage> chain = new ArrayList<>(STAGES);
      java.util.Collections.shuffle(chain, random);
      chain = chain.subList(0, 4);
      int vocabulary = 50 + random.nextInt(200);
      float[] logits = logits(random, vocabulary, 0);
      History history = history(random, vocabulary);
      List<NaiveSampling.Token> expected = NaiveSampling.tokens(logits);
      for (SamplingStage stage : chain) {
        expected = NaiveSampling.apply(stage, expected, history, Draw.of(3, round));
      }
      List<TokenProbability> found =
          new Sampler(chain, 3, vocabulary).distribution(logits, 0, history, round);
      assertEquals(
          expected.stream().map(NaiveSampling.Token::id).sorted().toList(),
          found.stream().map(TokenProbability::token).toList(),
          "chain " + chain);
    }
  }

  private static float[] logits(Random random, int vocabulary, int kind) {
    float[] logits = new float[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      logits[i] =
          switch (kind) {
            case 0 -> (float) (3 * random.nextGaussian());
            case 1 -> (float) (0.1 * random.nextGaussian() - 20);
            case 2 -> random.nextInt(4);
            default -> (float) (30 * random.nextGaussian());
          };
    }
    return logits;
  }

  private static History history(Random random, int vocabulary) {
    int[] tokens = random.ints(100, 0, Math.min(vocabulary, 5)).toArray();
    return new History(tokens, random.nextInt(101));
  }

  private static double[] run(SamplingStage stage, float[] logits, History history) {
    double[] probabilities = new double[logits.length];
    new Sampler(List.of(stage), 1, logits.length)
        .distribution(logits, 0, history, 0)
        .forEach(t -> probabilities[t.token()] = t.probability());
    return probabilities;
  }

  private static double[] naive(SamplingStage stage, float[] logits, History history) {
    List<NaiveSampling.Token> kept =
        NaiveSampling.apply(stage, NaiveSampling.tokens(logits), history, Draw.of(1, 0)).stream()
            .sorted(Comparator.comparingInt(NaiveSampling.Token::id))
            .toList();
    double[] p = NaiveSampling.probabilities(kept);
    double[] probabilities = new double[logits.length];
    IntStream.range(0, p.length).forEach(i -> probabilities[kept.get(i).id()] = p[i]);
    return probabilities;
  }

  private static double[] p(double... probabilities) {
    return probabilities;
  }
}
