package io.firesteel.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.listener.EmbeddingModelResponseContext;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FiresteelEmbeddingModelTest {
  private static Model model;

  @BeforeAll
  static void load() throws IOException {
    model = Model.embedded(ModelOptions.builder().engine("cpu").threads(1).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void givesTheModelsVectorsWithNameAndTokens() {
    EmbeddingModel embedding = FiresteelEmbeddingModel.of(model);
    EmbeddingResponse response =
        embedding.embed(EmbeddingRequest.builder().inputs("The sky is blue.", "7 + 5").build());
    List<float[]> expected = model.embed("The sky is blue.", "7 + 5").vectors();
    assertEquals(2, response.embeddings().size());
    assertArrayEquals(expected.get(1), response.embeddings().get(1).vector());
    assertEquals(embedding.dimension(), response.embeddings().get(0).dimension());
    assertEquals(model.config().name(), response.modelName());
    assertEquals(
        model.embed("The sky is blue.", "7 + 5").tokens(), response.tokenUsage().totalTokenCount());
  }

  @Test
  void givesShorterVectorsIfAsked() {
    EmbeddingResponse response =
        FiresteelEmbeddingModel.of(model)
            .embed(EmbeddingRequest.builder().input("7 + 5").dimensions(8).build());
    assertEquals(8, response.embeddings().getFirst().dimension());
  }

  @Test
  void tellsListenersAndThrowsTheLibrarysExceptions() {
    List<Integer> heard = new ArrayList<>();
    EmbeddingModelListener listener =
        new EmbeddingModelListener() {
          @Override
          public void onResponse(EmbeddingModelResponseContext context) {
            heard.add(context.embeddingResponse().embeddings().size());
          }
        };
    EmbeddingModel embedding = FiresteelEmbeddingModel.of(model).withListeners(listener);
    embedding.embed("7 + 5");
    assertEquals(List.of(1), heard);
    assertThrows(InvalidRequestException.class, () -> embedding.embed("word ".repeat(3000)));
  }
}
