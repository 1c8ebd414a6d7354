package io.firesteel.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import io.firesteel.model.AnswerRequest;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.ToolChoice;
import io.firesteel.model.grammar.Grammar;
import io.firesteel.model.sampling.Penalties;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import io.firesteel.model.template.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Turns LangChain4j's requests into the library's. */
final class Requests {
  private Requests() {}

  static AnswerRequest of(ChatRequest request) {
    ChatRequestParameters parameters = request.parameters();
    List<Message> messages = request.messages().stream().map(Requests::message).toList();
    List<Tool> tools =
        Optional.ofNullable(parameters.toolSpecifications()).orElse(List.of()).stream()
            .map(Requests::tool)
            .toList();
    ChatOptions options =
        ChatOptions.DEFAULT
            .withTools(tools)
            .withToolChoice(toolChoice(parameters, tools))
            .withGeneration(generation(parameters));
    return AnswerRequest.chat(messages).withOptions(options);
  }

  private static Message message(ChatMessage message) {
    return switch (message) {
      case SystemMessage system -> Message.system(system.text());
      case UserMessage user -> user(user);
      case AiMessage answer -> answer(answer);
      case ToolExecutionResultMessage result ->
          Message.tool(result.id(), result.toolName(), result.text());
      default ->
          throw new UnsupportedFeatureException(
              "messages of type " + message.type() + " are not supported");
    };
  }

  private static Message user(UserMessage user) {
    StringBuilder text = new StringBuilder();
    for (Content content : user.contents()) {
      if (!(content instanceof TextContent part)) {
        throw new UnsupportedFeatureException(
            "content of type " + content.type() + " is not supported, only text is");
      }
      text.append(text.isEmpty() ? "" : "\n").append(part.text());
    }
    Message message = Message.user(text.toString());
    return user.name() == null ? message : message.with("name", user.name());
  }

  private static Message answer(AiMessage answer) {
    Message message = Message.assistant(answer.text() == null ? "" : answer.text());
    if (answer.thinking() != null) {
      message = message.withReasoning(answer.thinking());
    }
    if (!answer.hasToolExecutionRequests()) {
      return message;
    }
    return message.withToolCalls(
        answer.toolExecutionRequests().stream()
            .map(call -> new ToolCall(call.id(), call.name(), arguments(call.arguments())))
            .map(ToolCall::withArgumentsParsed)
            .toList());
  }

  private static String arguments(String json) {
    return json == null || json.isBlank() ? "{}" : json;
  }

  private static Tool tool(ToolSpecification specification) {
    Map<String, Object> parameters =
        specification.parameters() == null
            ? Map.of("type", "object", "properties", Map.of())
            : JsonSchemaElementUtils.toMap(specification.parameters());
    String description = specification.description() == null ? "" : specification.description();
    return Tool.function(specification.name(), description, parameters);
  }

  private static ToolChoice toolChoice(ChatRequestParameters parameters, List<Tool> tools) {
    return switch (parameters.toolChoice()) {
      case REQUIRED -> tools.isEmpty() ? ToolChoice.AUTO : ToolChoice.REQUIRED;
      case NONE -> ToolChoice.NONE;
      case AUTO -> ToolChoice.AUTO;
      case null -> ToolChoice.AUTO;
    };
  }

  private static GenerationOptions generation(ChatRequestParameters parameters) {
    GenerationOptions.Builder builder = GenerationOptions.builder().sampling(sampling(parameters));
    if (parameters.maxOutputTokens() != null) {
      builder.maxTokens(parameters.maxOutputTokens());
    }
    if (parameters.stopSequences() != null) {
      builder.stopStrings(parameters.stopSequences().toArray(String[]::new));
    }
    grammar(parameters.responseFormat()).ifPresent(builder::grammar);
    return builder.build();
  }

  private static SamplingParameters sampling(ChatRequestParameters parameters) {
    SamplingParameters usual = SamplingParameters.DEFAULT;
    Penalties none = Penalties.NONE;
    return usual.toBuilder()
        .temperature(number(parameters.temperature(), usual.temperature()))
        .topP(number(parameters.topP(), usual.topP()))
        .topK(parameters.topK() == null ? usual.topK() : parameters.topK())
        .penalties(
            new Penalties(
                none.lastTokens(),
                none.repeat(),
                number(parameters.frequencyPenalty(), none.frequency()),
                number(parameters.presencePenalty(), none.presence())))
        .seed(ThreadLocalRandom.current().nextLong())
        .build();
  }

  private static float number(Double given, float usual) {
    return given == null ? usual : given.floatValue();
  }

  private static Optional<Grammar> grammar(ResponseFormat format) {
    if (format == null || format.type() != ResponseFormatType.JSON) {
      return Optional.empty();
    }
    if (format.jsonSchema() == null) {
      return Optional.of(Grammar.json());
    }
    JsonNode schema =
        JsonMapper.shared()
            .valueToTree(JsonSchemaElementUtils.toMap(format.jsonSchema().rootElement()));
    return Optional.of(Grammar.jsonSchema(schema));
  }
}
