package io.firesteel.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.firesteel.model.Embeddings;
import io.firesteel.model.Model;
import java.util.List;
import java.util.Set;

/**
 * A model for LangChain4j that makes texts into vectors of the length 1.
 *
 * <p>Safe for use by several threads. The model stays open.
 */
public final class FiresteelEmbeddingModel implements EmbeddingModel {
  private final Model model;
  private final List<EmbeddingModelListener> listeners;

  private FiresteelEmbeddingModel(Model model, List<EmbeddingModelListener> listeners) {
    this.model = model;
    this.listeners = List.copyOf(listeners);
  }

  /** Vectors pooled as the model's file says. */
  public static FiresteelEmbeddingModel of(Model model) {
    return new FiresteelEmbeddingModel(model, List.of());
  }

  /** The same model with listeners to its requests, answers and errors. */
  public FiresteelEmbeddingModel withListeners(EmbeddingModelListener... all) {
    return new FiresteelEmbeddingModel(model, List.of(all));
  }

  @Override
  public EmbeddingResponse doEmbed(EmbeddingRequest request) {
    return Problems.translated(
        () -> {
          Embeddings made = model.embed(translated(request));
          return EmbeddingResponse.builder()
              .embeddings(made.vectors().stream().map(Embedding::from).toList())
              .modelName(modelName())
              .tokenUsage(new TokenUsage(made.tokens(), 0))
              .build();
        });
  }

  private static io.firesteel.model.EmbeddingRequest translated(EmbeddingRequest request) {
    int dimensions = request.dimensions() == null ? 0 : request.dimensions();
    return io.firesteel.model.EmbeddingRequest.texts(
            request.inputs().stream().map(EmbeddingInput::text).toList())
        .withDimensions(dimensions);
  }

  @Override
  public Set<EmbeddingParameter<?>> supportedParameters() {
    return Set.of(EmbeddingRequestParameters.DIMENSIONS);
  }

  @Override
  public int dimension() {
    return model.embeddingWidth();
  }

  @Override
  public String modelName() {
    return model.config().name();
  }

  @Override
  public List<EmbeddingModelListener> listeners() {
    return listeners;
  }

  @Override
  public ModelProvider provider() {
    return ModelProvider.OTHER;
  }
}
