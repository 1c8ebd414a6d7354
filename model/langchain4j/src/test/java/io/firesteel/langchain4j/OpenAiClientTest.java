package io.firesteel.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.Response;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.server.ModelServer;
import io.firesteel.server.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The server, reached with LangChain4j's own OpenAI client. */
class OpenAiClientTest extends ChatModelContract {
  private static Model model;
  private static ModelServer server;

  @BeforeAll
  static void start() throws IOException {
    model = Model.embedded(ModelOptions.builder().engine("cpu").threads(1).build());
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server = ModelServer.start(model, ServerOptions.DEFAULT.withAddress(anywhere));
  }

  @AfterAll
  static void stop() {
    server.close();
    model.close();
  }

  private static String url() {
    return "http://127.0.0.1:" + server.port() + "/v1";
  }

  @Override
  ChatModel model() {
    return OpenAiChatModel.builder()
        .baseUrl(url())
        .apiKey("none")
        .modelName(server.modelId())
        .strictJsonSchema(true)
        .maxRetries(0)
        .build();
  }

  @Override
  StreamingChatModel streamingModel() {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(url())
        .apiKey("none")
        .modelName(server.modelId())
        .build();
  }

  @Test
  void vectorsAreThoseOfTheModelInTheSameProcess() {
    EmbeddingModel remote =
        OpenAiEmbeddingModel.builder()
            .baseUrl(url())
            .apiKey("none")
            .modelName(server.modelId())
            .build();
    List<TextSegment> texts =
        List.of(TextSegment.from("The sky is blue."), TextSegment.from("7 + 5"));
    Response<List<Embedding>> there = remote.embedAll(texts);
    Response<List<Embedding>> here = FiresteelEmbeddingModel.of(model).embedAll(texts);
    assertEquals(here.content(), there.content());
    assertEquals(
        here.tokenUsage().inputTokenCount(), there.tokenUsage().inputTokenCount(), "tokens");
  }
}
