package io.firesteel.server.openai;

import io.firesteel.model.AnswerRequest;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.Fields;
import io.firesteel.server.serving.SamplingFields;
import io.firesteel.server.serving.ServedModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a chat request asks for.
 *
 * @param request for the model
 * @param choices number of answers
 * @param stream whether the answer comes in pieces
 * @param includeUsage whether the last piece has the token counts
 * @param logProbabilities whether tokens come with how likely they were
 */
record ChatJob(
    AnswerRequest request,
    int choices,
    boolean stream,
    boolean includeUsage,
    boolean logProbabilities) {
  private static final int MOST_TOP = 20;

  static ChatJob read(Fields fields, ServedModel served) {
    served.requireNamed(fields);
    refuseUnsupported(fields);
    List<Message> messages = ChatMessages.read(fields);
    int choices = fields.integer("n", 1, served.limits().maxChoices()).orElse(1);
    boolean stream = fields.bool("stream").orElse(false);
    boolean usage =
        fields.object("stream_options").flatMap(o -> o.bool("include_usage")).orElse(false);
    boolean probabilities = fields.bool("logprobs").orElse(false);
    ChatOptions options = options(fields, served, probabilities);
    AnswerRequest request = AnswerRequest.chat(messages).withOptions(options).withChoices(choices);
    return new ChatJob(request, choices, stream, usage, probabilities);
  }

  private static void refuseUnsupported(Fields fields) {
    fields.refuse("functions", "use tools");
    fields.refuse("function_call", "use tool_choice");
    fields.refuse("audio", "this server writes text alone");
    fields.refuse("web_search_options", "this server has no network");
    for (String modality : fields.strings("modalities", 10)) {
      if (!modality.equals("text")) {
        throw fields.wrong("modalities", "'" + modality + "', but this server writes text alone");
      }
    }
  }

  private static ChatOptions options(Fields fields, ServedModel served, boolean probabilities) {
    List<Tool> tools = ToolFields.tools(fields, true);
    Map<String, Object> variables = variables(fields);
    Optional<Boolean> thinking = thinking(fields, variables);
    ChatOptions options =
        ChatOptions.DEFAULT
            .withTools(tools)
            .withToolChoice(ToolFields.choice(fields, tools))
            .withParallelToolCalls(fields.bool("parallel_tool_calls").orElse(true))
            .withGeneration(generation(fields, served, probabilities))
            .withVariables(variables);
    return thinking.map(options::withThinking).orElse(options);
  }

  private static GenerationOptions generation(
      Fields fields, ServedModel served, boolean probabilities) {
    int top = fields.integer("top_logprobs", 0, MOST_TOP).orElse(0);
    if (top > 0 && !probabilities) {
      throw fields.wrong("top_logprobs", top + ", expected 'logprobs' to be true as well");
    }
    OptionalInt most = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
    OptionalInt older = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
    return SamplingFields.read(
        fields,
        served,
        most.isPresent() ? most : older,
        SamplingFields.stops(fields, "stop"),
        ResponseFormat.read(fields),
        probabilities ? top : -1);
  }

  /** Variables for the chat template, as vLLM and llama.cpp take them. */
  private static Map<String, Object> variables(Fields fields) {
    Map<String, Object> variables = new LinkedHashMap<>();
    fields
        .object("chat_template_kwargs")
        .ifPresent(given -> variables.putAll(Json.plain(given.json())));
    fields.string("reasoning_effort").ifPresent(e -> variables.put("reasoning_effort", e));
    return variables;
  }

  private static Optional<Boolean> thinking(Fields fields, Map<String, Object> variables) {
    if (variables.remove("enable_thinking") instanceof Boolean flag) {
      return Optional.of(flag);
    }
    return fields.string("reasoning_effort").map(effort -> !effort.equals("none"));
  }
}
