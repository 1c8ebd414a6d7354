package io.firesteel.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The model in the same process. */
class FiresteelChatModelTest extends ChatModelContract {
  private static Model model;

  @BeforeAll
  static void load() throws IOException {
    model = Model.embedded(ModelOptions.builder().engine("cpu").threads(1).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Override
  ChatModel model() {
    return FiresteelChatModel.of(model);
  }

  @Override
  StreamingChatModel streamingModel() {
    return FiresteelStreamingChatModel.of(model);
  }

  /** Writes down what it hears. */
  private record Recorder(List<String> heard) implements ChatModelListener {
    @Override
    public void onRequest(ChatModelRequestContext context) {
      heard.add("request " + context.chatRequest().parameters().maxOutputTokens());
    }

    @Override
    public void onResponse(ChatModelResponseContext context) {
      heard.add("response " + context.chatResponse().tokenUsage().outputTokenCount());
    }

    @Override
    public void onError(ChatModelErrorContext context) {
      heard.add("error");
    }
  }

  @Test
  void tellsListenersOfRequestsAnswersAndErrors() {
    List<String> heard = new ArrayList<>();
    ChatModel listened =
        FiresteelChatModel.of(model)
            .withDefaults(ChatRequestParameters.builder().maxOutputTokens(3).build())
            .withListeners(new Recorder(heard));
    listened.chat("Tell me a story.");
    UserMessage picture = UserMessage.from(ImageContent.from("http://localhost/x.png"));
    assertThrows(UnsupportedFeatureException.class, () -> listened.chat(picture));
    assertEquals(List.of("request 3", "response 3", "request 3", "error"), heard);
  }

  @Test
  void aHandlerThatCancelsFreesTheAnswer() throws InterruptedException {
    FiresteelStreamingChatModel.of(model)
        .chat(
            "Tell me a long story.",
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                context.streamingHandle().cancel();
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {}

              @Override
              public void onError(Throwable problem) {}
            });
    boolean idle = false;
    for (int i = 0; i < 400 && !idle; i++) {
      Thread.sleep(25);
      idle = model.load().running() == 0;
    }
    assertTrue(idle, "the answer goes on");
  }
}
