package io.firesteel.server.openai;

import io.firesteel.model.AnswerRequest;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.GenerationOptions;
import io.firesteel.server.serving.Fields;
import io.firesteel.server.serving.SamplingFields;
import io.firesteel.server.serving.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * What a request for a continuation asks for.
 *
 * @param prompts one or more
 * @param options how each is continued
 * @param choices continuations of each prompt
 * @param stream whether they come in pieces
 * @param includeUsage whether the last piece has the token counts
 * @param echo whether the prompt stands before its continuation
 * @param topLogProbabilities number of likely tokens to report with each, -1 for nothing
 */
record TextJob(
    List<Prompt> prompts,
    GenerationOptions options,
    int choices,
    boolean stream,
    boolean includeUsage,
    boolean echo,
    int topLogProbabilities) {
  private static final int MOST_PROMPTS = 64;
  private static final int MOST_TOP = 20;

  /** A text, or tokens. */
  sealed interface Prompt {
    /**
     * Plain text.
     *
     * @param text not empty
     */
    record Text(String text) implements Prompt {}

    /**
     * Tokens.
     *
     * @param ids not empty
     */
    record Tokens(int[] ids) implements Prompt {}
  }

  static TextJob read(Fields fields, ServedModel served) {
    served.requireNamed(fields);
    fields.refuse("suffix", "this server only continues texts");
    int choices = fields.integer("n", 1, served.limits().maxChoices()).orElse(1);
    if (fields.integer("best_of", 1, Integer.MAX_VALUE).orElse(choices) != choices) {
      throw fields.wrong("best_of", "not 'n', but this server returns all that it generates");
    }
    boolean echo = fields.bool("echo").orElse(false);
    OptionalInt top = fields.integer("logprobs", 0, MOST_TOP);
    if (echo && top.isPresent()) {
      throw fields.wrong("logprobs", "asked for with 'echo', which is not supported");
    }
    boolean usage =
        fields.object("stream_options").flatMap(o -> o.bool("include_usage")).orElse(false);
    return new TextJob(
        prompts(fields, served),
        generation(fields, served, top.orElse(-1)),
        choices,
        fields.bool("stream").orElse(false),
        usage,
        echo,
        top.orElse(-1));
  }

  private static GenerationOptions generation(Fields fields, ServedModel served, int top) {
    OptionalInt most = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
    return SamplingFields.read(
        fields,
        served,
        most,
        SamplingFields.stops(fields, "stop"),
        ResponseFormat.read(fields),
        top);
  }

  private static List<Prompt> prompts(Fields fields, ServedModel served) {
    JsonNode prompt = fields.value("prompt").orElseThrow(() -> fields.missing("prompt"));
    List<Prompt> prompts = new ArrayList<>();
    if (prompt.isArray() && !prompt.isEmpty() && !prompt.get(0).isNumber()) {
      for (JsonNode each : fields.list("prompt", MOST_PROMPTS)) {
        prompts.add(prompt(fields, each, served));
      }
    } else {
      prompts.add(prompt(fields, prompt, served));
    }
    return prompts;
  }

  private static Prompt prompt(Fields fields, JsonNode value, ServedModel served) {
    if (value.isEmpty() && value.isArray() || value.isString() && value.stringValue().isEmpty()) {
      throw fields.wrong("prompt", "empty, expected some text");
    }
    if (value.isString()) {
      return new Prompt.Text(value.stringValue());
    }
    if (!value.isArray()) {
      throw fields.wrong("prompt", "no text, list of texts, or list of tokens");
    }
    return new Prompt.Tokens(tokens(fields, "prompt", value, served));
  }

  /** Token ids of a list. */
  static int[] tokens(Fields fields, String name, JsonNode list, ServedModel served) {
    int vocabulary = served.model().config().vocabulary();
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = list.get(i);
      boolean fits = id.isIntegralNumber() && id.canConvertToInt();
      if (!fits || id.intValue() < 0 || id.intValue() >= vocabulary) {
        throw fields.wrong(
            name, "a list with " + id + " in it, expected tokens from 0 to " + (vocabulary - 1));
      }
      ids[i] = id.intValue();
    }
    return ids;
  }

  AnswerRequest request(Prompt prompt) {
    AnswerRequest request =
        switch (prompt) {
          case Prompt.Text text -> AnswerRequest.text(text.text());
          case Prompt.Tokens tokens -> AnswerRequest.tokens(tokens.ids());
        };
    return request.withOptions(ChatOptions.DEFAULT.withGeneration(options)).withChoices(choices);
  }
}
