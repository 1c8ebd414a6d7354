package io.firesteel.model.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.Completion;
import io.firesteel.model.Generation;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.Session;
import io.firesteel.model.sampling.SamplingParameters;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Prints what it costs to hold answers to schemas of growing size. Longer, and so steadier, with
 * {@code -Dconstraint.tokens=3000}; the rates are those of the machine and are not judged.
 */
class ConstraintCostTest {
  private static final int FEW = 60;
  private static final int TOKENS = Integer.getInteger("constraint.tokens", FEW);
  private static final int MOST_OF_AN_ANSWER = 800;
  private static final List<Integer> SIZES =
      TOKENS > FEW ? List.of(3, 10, 30, 100, 300) : List.of(10);
  private static final String PROMPT = "Reply with a JSON object that describes a city: ";

  /** Tokens of some answers, those among them that were skipped, and the time for all. */
  private record Rate(int answers, int tokens, int forced, long nanos) {
    static final Rate NONE = new Rate(0, 0, 0, 0);

    Rate plus(Rate other) {
      return new Rate(
          answers + other.answers,
          tokens + other.tokens,
          forced + other.forced,
          nanos + other.nanos);
    }

    double perSecond() {
      return tokens / (nanos * 1e-9);
    }
  }

  private static Rate generate(Model model, GenerationOptions options) {
    try (Session session = model.session()) {
      session.prompt(PROMPT);
      Generation generation = session.generate(options);
      Completion answer = generation.complete();
      Duration time =
          answer.statistics().firstTokenTime().plus(answer.statistics().laterTokensTime());
      return new Rate(
          1, answer.statistics().generatedTokens(), generation.forcedTokens(), time.toNanos());
    }
  }

  private static GenerationOptions.Builder options(int seed, int most) {
    return GenerationOptions.builder()
        .maxTokens(most)
        .sampling(SamplingParameters.builder().temperature(0.8f).seed(seed).build());
  }

  private static Rate held(Model model, Grammar grammar) {
    Rate all = Rate.NONE;
    for (int seed = 0; all.tokens < TOKENS; seed++) {
      all = all.plus(generate(model, options(seed, MOST_OF_AN_ANSWER).grammar(grammar).build()));
    }
    return all;
  }

  /** Answers as long as those that were held, from the same prompt. */
  private static Rate free(Model model, Rate held) {
    Rate all = Rate.NONE;
    int length = Math.max(2, held.tokens / held.answers);
    for (int seed = 0; all.tokens < held.tokens; seed++) {
      all = all.plus(generate(model, options(seed, length).ignoreEnd(true).build()));
    }
    return all;
  }

  /** Microseconds for a token's mask and for going on to the next, without a model. */
  private static double maskMicros(Grammar grammar, TokenTrie trie, int[][] answers) {
    long start = System.nanoTime();
    int count = 0;
    for (int[] answer : answers) {
      GrammarMatcher matcher = grammar.matcher(trie);
      for (int token : answer) {
        assertTrue(matcher.allowed().allows(token));
        assertTrue(matcher.accept(token));
        count++;
      }
    }
    return (System.nanoTime() - start) * 1e-3 / count;
  }

  private static int[][] answers(Model model, Grammar grammar, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            seed -> {
              try (Session session = model.session()) {
                session.prompt(PROMPT);
                return session
                    .generate(options(seed, MOST_OF_AN_ANSWER).grammar(grammar).build())
                    .complete()
                    .pieces()
                    .stream()
                    .mapToInt(piece -> piece.token())
                    .filter(token -> !model.tokenizer().isEndOfGeneration(token))
                    .toArray();
              }
            })
        .toArray(int[][]::new);
  }

  @Test
  void printsTheTokenRateUnderSchemasOfGrowingSize() throws IOException {
    try (Model model = Model.embedded(ModelOptions.builder().engine("cpu").build())) {
      TokenTrie trie = new TokenTrie(model.tokenizer(), model.config().vocabulary());
      held(model, Grammar.json()); // lets the engine warm up
      System.out.println(
          "| parts of the schema | bytes | states | compiled in | token/s free | held, at first |"
              + " held, later | of it skipped | mask, at first | mask, later | of a token's time"
              + " |");
      for (int size : SIZES) {
        JsonNode schema = RandomSchemas.schema(7, size);
        long start = System.nanoTime();
        Grammar grammar = Grammar.jsonSchema(schema);
        double compiled = (System.nanoTime() - start) * 1e-6;
        Rate first = held(model, grammar);
        Rate later = held(model, grammar);
        double before = free(model, later).perSecond();
        int[][] answers = answers(model, grammar, 2);
        double mask = maskMicros(grammar, trie, answers);
        double maskLater = maskMicros(grammar, trie, answers);
        System.out.printf(
            Locale.ROOT,
            "| %d | %,d | %,d | %.0f ms | %.0f | %.0f | %.0f | %.0f %% | %.0f µs | %.1f µs | %.2f"
                + " %% |%n",
            size,
            schema.toString().length(),
            grammar.states(),
            compiled,
            before,
            first.perSecond(),
            later.perSecond(),
            100.0 * later.forced / later.tokens,
            mask,
            maskLater,
            100 * maskLater * 1e-6 * before);
        assertEquals(first.tokens, later.tokens, "the same seeds give the same answers");
        assertTrue(Arrays.stream(answers).allMatch(answer -> answer.length > 0));
      }
    }
  }
}
