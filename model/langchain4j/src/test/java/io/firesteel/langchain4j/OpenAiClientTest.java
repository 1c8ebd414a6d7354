package io.firesteel.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.server.ModelServer;
import io.firesteel.server.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

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
}
