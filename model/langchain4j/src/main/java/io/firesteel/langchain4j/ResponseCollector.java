package io.firesteel.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.firesteel.model.AnswerEvent;
import io.firesteel.model.template.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** Puts an answer together. */
final class ResponseCollector {
  private final String modelName;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder thoughts = new StringBuilder();
  private final List<ToolExecutionRequest> calls = new ArrayList<>();
  private AnswerEvent.End end;

  ResponseCollector(String modelName) {
    this.modelName = modelName;
  }

  void accept(AnswerEvent event) {
    switch (event) {
      case AnswerEvent.Text piece -> text.append(piece.text());
      case AnswerEvent.Malformed malformed -> text.append(malformed.text());
      case AnswerEvent.Thinking thinking -> thoughts.append(thinking.text());
      case AnswerEvent.Call call -> calls.add(request(call.call()));
      case AnswerEvent.End last -> end = last;
    }
  }

  static ToolExecutionRequest request(ToolCall call) {
    return ToolExecutionRequest.builder()
        .id(call.id())
        .name(call.name())
        .arguments(call.argumentsJson())
        .build();
  }

  /**
   * The whole answer.
   *
   * @throws TimeoutException if its deadline passed
   */
  ChatResponse response() {
    if (end.reason() == io.firesteel.model.FinishReason.DEADLINE) {
      throw new TimeoutException("the answer was not ready by its deadline");
    }
    AiMessage.Builder message = AiMessage.builder();
    if (!text.isEmpty() || calls.isEmpty()) {
      message.text(text.toString());
    }
    if (!thoughts.isEmpty()) {
      message.thinking(thoughts.toString());
    }
    if (!calls.isEmpty()) {
      message.toolExecutionRequests(calls);
    }
    return ChatResponse.builder()
        .aiMessage(message.build())
        .modelName(modelName)
        .tokenUsage(new TokenUsage(end.usage().promptTokens(), end.usage().answerTokens()))
        .finishReason(finishReason())
        .build();
  }

  private FinishReason finishReason() {
    return switch (end.reason()) {
      case MAX_TOKENS, NO_ROOM -> FinishReason.LENGTH;
      case END, STOP_TOKEN, STOP_STRING ->
          calls.isEmpty() ? FinishReason.STOP : FinishReason.TOOL_EXECUTION;
      case CANCELLED, DEADLINE -> FinishReason.OTHER;
    };
  }
}
