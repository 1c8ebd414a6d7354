package io.firesteel.ptx.engine;

import io.firesteel.model.Generation;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.Session;
import io.firesteel.model.grammar.Grammar;
import io.firesteel.model.sampling.Penalties;
import io.firesteel.model.sampling.SamplingParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prints how fast a model answers freely and under constraints, drawn on the device and on the
 * host, and whether both drew the same text. Run on a machine with a GPU.
 */
final class ConstrainedRates {
  private static final int RUNS = 3;

  /** Changes no logit, but looks back at all tokens, which the device leaves to the host. */
  private static final Penalties ON_HOST = new Penalties(-1, 1, 0, 1e-30f);

  /** Texts of any length: masks of many tokens, none of them forced. */
  static final Grammar LETTERS = Grammar.regex("[A-Za-z0-9 ,.]+");

  /** Small and large masks, and tokens that must follow. */
  static final Grammar CITIES =
      Grammar.jsonSchema(
          """
          {"type": "object",
           "properties": {"cities": {"type": "array", "minItems": 4, "items": {
             "type": "object",
             "properties": {
               "name": {"type": "string", "maxLength": 24},
               "population": {"type": "integer", "minimum": 0},
               "continent": {"enum": ["Africa", "America", "Asia", "Europe", "Oceania"]},
               "capital": {"type": "boolean"}},
             "required": ["name", "population", "continent", "capital"],
             "additionalProperties": false}}},
           "required": ["cities"], "additionalProperties": false}
          """);

  private final Model model;
  private final int tokens;

  private ConstrainedRates(Model model, int tokens) {
    this.model = model;
    this.tokens = tokens;
  }

  /**
   * An answer.
   *
   * @param seconds from the first token to the last
   */
  record Answer(String text, int tokens, int forced, double seconds) {
    double rate() {
      return (tokens - 1) / seconds;
    }
  }

  /** Arguments: model file, number of tokens (256), engine (ptx). */
  public static void main(String[] arguments) throws IOException {
    int tokens = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 256;
    String engine = arguments.length > 2 ? arguments[2] : "ptx";
    ModelOptions options =
        ModelOptions.builder()
            .engine(engine)
            .contextLength(tokens + 64)
            .cacheTokens(4 * tokens + 512)
            .build();
    try (Model model = Model.load(Path.of(arguments[0]), options)) {
      new ConstrainedRates(model, tokens).run();
    }
  }

  private void run() {
    Map<String, SamplingParameters> ways = new LinkedHashMap<>();
    ways.put("greedy", SamplingParameters.GREEDY);
    ways.put("sampled", SamplingParameters.DEFAULT.toBuilder().seed(7).build());
    System.out.println(
        "constraint  draw     where   tokens forced  tok/s  cold   cost   same text");
    ways.forEach(
        (way, sampling) -> {
          Answer free = best(List.of(answers(null, sampling)));
          print("none", way, "device", free, free, free, true);
          for (var constraint : Map.of("letters", LETTERS, "json", CITIES).entrySet()) {
            Answer[] device = answers(constraint.getValue(), sampling);
            Answer[] host = answers(constraint.getValue(), onHost(sampling));
            boolean same = host[0].text().equals(device[0].text());
            print(constraint.getKey(), way, "device", best(List.of(device)), device[0], free, same);
            print(constraint.getKey(), way, "host", best(List.of(host)), host[0], free, same);
          }
        });
  }

  /** The same way to draw, which only the host knows. */
  static SamplingParameters onHost(SamplingParameters sampling) {
    return sampling.toBuilder().penalties(ON_HOST).build();
  }

  private static void print(
      String constraint,
      String way,
      String where,
      Answer best,
      Answer cold,
      Answer free,
      boolean same) {
    System.out.printf(
        "%-11s %-8s %-7s %6d %6d %6.0f %5.0f %5.1f %%  %b%n",
        constraint,
        way,
        where,
        best.tokens(),
        best.forced(),
        best.rate(),
        cold.rate(),
        100 * (1 - best.rate() / free.rate()),
        same);
  }

  private static Answer best(List<Answer> answers) {
    return answers.stream().max((a, b) -> Double.compare(a.rate(), b.rate())).orElseThrow();
  }

  private Answer[] answers(Grammar grammar, SamplingParameters sampling) {
    Answer[] answers = new Answer[RUNS];
    Arrays.setAll(answers, _ -> answer(model, grammar, sampling, tokens));
    return answers;
  }

  /** An answer of at most {@code tokens} tokens, under a grammar or, if it is null, free. */
  static Answer answer(Model model, Grammar grammar, SamplingParameters sampling, int tokens) {
    GenerationOptions.Builder options =
        GenerationOptions.builder().sampling(sampling).maxTokens(tokens).ignoreEnd(true);
    if (grammar != null) {
      options.grammar(grammar);
    }
    long[] times = new long[2];
    try (Session session = model.session()) {
      Generation generation =
          session.prompt("Large cities of the world:").generate(options.build());
      String text =
          generation
              .complete(
                  _ -> {
                    times[1] = System.nanoTime();
                    times[0] = times[0] == 0 ? times[1] : times[0];
                  })
              .text();
      return new Answer(
          text,
          generation.pieces().size(),
          generation.forcedTokens(),
          (times[1] - times[0]) * 1e-9);
    }
  }
}
