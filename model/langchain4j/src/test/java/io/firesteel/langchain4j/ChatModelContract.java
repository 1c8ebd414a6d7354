package io.firesteel.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What programs that use LangChain4j rely on, however the model is reached. */
abstract class ChatModelContract {
  private static final UserMessage QUESTION = UserMessage.from("What is 345 + 87?");
  private static final ToolSpecification ALARM =
      ToolSpecification.builder()
          .name("set_alarm")
          .description("Set an alarm")
          .parameters(JsonObjectSchema.builder().addStringProperty("time").required("time").build())
          .build();

  abstract ChatModel model();

  abstract StreamingChatModel streamingModel();

  private static ChatRequest.Builder greedy(ChatMessage... messages) {
    return ChatRequest.builder().messages(messages).temperature(0.0);
  }

  @Test
  void answersWithUsageAndReason() {
    ChatResponse response = model().chat(greedy(QUESTION).build());
    assertTrue(response.aiMessage().text().contains("432"), response.toString());
    assertEquals(FinishReason.STOP, response.finishReason());
    assertTrue(response.tokenUsage().inputTokenCount() > 5);
    assertTrue(response.tokenUsage().outputTokenCount() > 0);
  }

  @Test
  void endsAtTheTokenLimit() {
    ChatResponse response = model().chat(greedy(QUESTION).maxOutputTokens(2).build());
    assertEquals(FinishReason.LENGTH, response.finishReason());
    assertEquals(2, response.tokenUsage().outputTokenCount());
  }

  @Test
  void streamsTheSameAnswer() throws Exception {
    List<String> pieces = new ArrayList<>();
    CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
    streamingModel().chat(greedy(QUESTION).build(), new Handler(pieces, whole));
    ChatResponse response = whole.get(60, TimeUnit.SECONDS);
    assertTrue(pieces.size() > 1, "several pieces");
    assertEquals(response.aiMessage().text(), String.join("", pieces));
    assertEquals(
        model().chat(greedy(QUESTION).build()).aiMessage().text(), response.aiMessage().text());
  }

  /** Keeps what comes. */
  private record Handler(List<String> pieces, CompletableFuture<ChatResponse> whole)
      implements StreamingChatResponseHandler {
    @Override
    public void onPartialResponse(String piece) {
      pieces.add(piece);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      whole.complete(response);
    }

    @Override
    public void onError(Throwable problem) {
      whole.completeExceptionally(problem);
    }
  }

  @Test
  void callsAToolAndUsesItsResult() {
    UserMessage wish = UserMessage.from("Set an alarm for 7:30.");
    ChatResponse asked = model().chat(greedy(wish).toolSpecifications(ALARM).build());
    assertEquals(FinishReason.TOOL_EXECUTION, asked.finishReason(), asked.toString());
    ToolExecutionRequest call = asked.aiMessage().toolExecutionRequests().getFirst();
    assertEquals("set_alarm", call.name());
    assertTrue(call.arguments().contains("7:30"), call.arguments());
    ChatResponse answered =
        model()
            .chat(
                greedy(
                        wish,
                        asked.aiMessage(),
                        ToolExecutionResultMessage.from(call, "{\"status\": \"ok\"}"))
                    .toolSpecifications(ALARM)
                    .build());
    assertFalse(answered.aiMessage().text().isBlank());
  }

  @Test
  void keepsToAJsonSchema() {
    JsonSchema schema =
        JsonSchema.builder()
            .name("answer")
            .rootElement(
                JsonObjectSchema.builder()
                    .addIntegerProperty("sum")
                    .addEnumProperty("unit", List.of("none", "metre"))
                    .required("sum", "unit")
                    .build())
            .build();
    ResponseFormat format =
        ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build();
    ChatResponse response =
        model().chat(greedy(QUESTION).responseFormat(format).maxOutputTokens(100).build());
    JsonNode json = JsonMapper.shared().readTree(response.aiMessage().text());
    assertTrue(json.get("sum").isIntegralNumber(), json.toString());
    assertTrue(List.of("none", "metre").contains(json.get("unit").stringValue()));
  }

  @Test
  void refusesPromptsThatAreTooLong() {
    UserMessage large = UserMessage.from("word ".repeat(50_000));
    assertThrows(InvalidRequestException.class, () -> model().chat(greedy(large).build()));
  }
}
