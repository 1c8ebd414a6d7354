package io.firesteel.bench;

import io.firesteel.model.Checkpoint;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.Session;
import java.util.SplittableRandom;

/**
 * Measures how fast a model decodes at a depth and how fast it takes a prompt. Tokens of prompts
 * are random, so that no two chunks are alike; answers are greedy and go on after end tokens.
 */
final class RateBenchmark {
  private static final long SEED = 20_261_124;

  private final Model model;
  private final int repeats;

  /**
   * A benchmark.
   *
   * @param repeats measured runs of each kind, after one that is not counted
   */
  RateBenchmark(Model model, int repeats) {
    this.model = model;
    this.repeats = repeats;
  }

  /** Decode rate of {@code tokens} tokens after {@code context} tokens. */
  Rates decode(int context, int tokens) {
    GenerationOptions options =
        GenerationOptions.GREEDY.toBuilder().maxTokens(tokens + 1).ignoreEnd(true).build();
    try (Session session = model.session()) {
      session.prompt(randomTokens(Math.max(1, context)));
      Checkpoint start = session.checkpoint();
      return new Rates(
          measured(
              () -> {
                session.rewind(start);
                return session.generate(options).complete().statistics().decodeRate();
              }));
    }
  }

  /**
   * Rate at which a prompt of {@code tokens} tokens is taken, up to the first token of an answer.
   */
  Rates prefill(int tokens) {
    GenerationOptions options = GenerationOptions.GREEDY.toBuilder().maxTokens(1).build();
    int[] prompt = randomTokens(tokens);
    return new Rates(
        measured(
            () -> {
              try (Session session = model.session()) {
                session.prompt(prompt);
                return session.generate(options).complete().statistics().prefillRate();
              }
            }));
  }

  private double[] measured(Run run) {
    run.rate();
    double[] samples = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      samples[i] = run.rate();
    }
    return samples;
  }

  @FunctionalInterface
  private interface Run {
    double rate();
  }

  private int[] randomTokens(int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    return random.ints(count, 0, model.tokenizer().vocabularySize()).toArray();
  }
}
