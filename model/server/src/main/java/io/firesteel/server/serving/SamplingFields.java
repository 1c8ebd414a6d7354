package io.firesteel.server.serving;

import io.firesteel.model.GenerationOptions;
import io.firesteel.model.grammar.Grammar;
import io.firesteel.model.sampling.Penalties;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.server.http.HttpError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;

/**
 * Reads how an answer is generated: the names are OpenAI's, and llama.cpp's for what OpenAI has no
 * name for. What a request leaves out is as {@link SamplingParameters#DEFAULT} says, with a random
 * seed.
 */
public final class SamplingFields {
  private static final int MOST_STOPS = 16;
  private static final int MOST_BIASES = 1024;
  private static final double HUGE = 1e6;

  private SamplingFields() {}

  /**
   * Reads the options.
   *
   * @param maxTokens what the protocol's own field for it says
   * @param stops texts that end the answer
   * @param grammar what the answer must match
   * @param topLogProbabilities number of likely tokens to report with each, -1 for nothing
   */
  public static GenerationOptions read(
      Fields fields,
      ServedModel served,
      OptionalInt maxTokens,
      List<String> stops,
      Optional<Grammar> grammar,
      int topLogProbabilities) {
    try {
      GenerationOptions.Builder builder =
          GenerationOptions.builder()
              .sampling(sampling(fields, served))
              .stopStrings(stops.toArray(String[]::new))
              .ignoreEnd(fields.bool("ignore_eos").orElse(false))
              .logProbabilities(topLogProbabilities)
              .deadline(served.limits().time())
              .maxTokens(
                  Math.min(
                      maxTokens.orElse(served.limits().maxTokens()), served.limits().maxTokens()));
      grammar.ifPresent(builder::grammar);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw HttpError.invalid(null, e.getMessage()).because(e);
    }
  }

  /** The stop strings of a field. */
  public static List<String> stops(Fields fields, String name) {
    List<String> stops = fields.strings(name, MOST_STOPS);
    if (stops.contains("")) {
      throw fields.wrong(name, "a list with an empty string in it, expected at least 1 character");
    }
    return stops;
  }

  private static SamplingParameters sampling(Fields fields, ServedModel served) {
    SamplingParameters usual = SamplingParameters.DEFAULT;
    Penalties none = Penalties.NONE;
    SamplingParameters.Builder builder =
        usual.toBuilder()
            .logitBias(bias(fields, served))
            .penalties(
                new Penalties(
                    fields.integer("repeat_last_n", -1, 1 << 20).orElse(none.lastTokens()),
                    fields.number("repeat_penalty", 0.01, 100).orElse(none.repeat()),
                    fields.number("frequency_penalty", -2, 2).orElse(none.frequency()),
                    fields.number("presence_penalty", -2, 2).orElse(none.presence())))
            .topK(fields.integer("top_k", 0, Integer.MAX_VALUE).orElse(usual.topK()))
            .minP(fields.number("min_p", 0, 1).orElse(usual.minP()))
            .typicalP(fields.number("typical_p", 0, 1).orElse(usual.typicalP()))
            .temperature(fields.number("temperature", 0, 2).orElse(usual.temperature()))
            .seed(fields.longInteger("seed").orElseGet(ThreadLocalRandom.current()::nextLong));
    fields.number("top_p", 0, 1).ifPresent(p -> builder.topP(Math.max(p, Float.MIN_NORMAL)));
    return builder.build();
  }

  private static Map<Integer, Float> bias(Fields fields, ServedModel served) {
    Map<Integer, Float> biases = new HashMap<>();
    Optional<Fields> object = fields.object("logit_bias");
    if (object.isEmpty()) {
      return biases;
    }
    JsonNode json = object.get().json();
    if (json.size() > MOST_BIASES) {
      throw fields.wrong(
          "logit_bias", "an object of " + json.size() + " tokens, expected at most " + MOST_BIASES);
    }
    for (String name : json.propertyNames()) {
      float bias = object.get().number(name, -HUGE, HUGE).orElse(0f);
      biases.put(token(fields, name, served), bias <= -100 ? Float.NEGATIVE_INFINITY : bias);
    }
    return biases;
  }

  private static int token(Fields fields, String name, ServedModel served) {
    int vocabulary = served.model().config().vocabulary();
    try {
      int token = Integer.parseInt(name);
      if (token >= 0 && token < vocabulary) {
        return token;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw fields.wrong(
        "logit_bias", "for a token '" + name + "', expected ids from 0 to " + (vocabulary - 1));
  }
}
