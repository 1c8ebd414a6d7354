package io.firesteel.model;

import io.firesteel.loader.Metadata;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Makes texts into vectors, if the model and its engine can. Safe for several threads. */
final class Embedder {
  private final ModelConfig config;
  private final Tokenizer tokenizer;
  private final TextSteps steps;
  private final Admission admission;
  private final int contextLength;
  private final Pooling pooling;
  private final Optional<String> refusal;

  /**
   * For a model.
   *
   * @throws io.firesteel.loader.GgufException if the file asks for an unknown pooling
   */
  Embedder(
      Metadata metadata,
      ModelConfig config,
      Tokenizer tokenizer,
      TextSteps steps,
      Admission admission,
      int contextLength) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.steps = steps;
    this.admission = admission;
    this.contextLength = contextLength;
    pooling = Pooling.of(metadata, config.architecture()).orElse(Pooling.MEAN);
    refusal = refusal(metadata, config.architecture()).or(steps::refusal);
  }

  private static Optional<String> refusal(Metadata metadata, String architecture) {
    if (Pooling.isRanking(metadata, architecture)) {
      return Optional.of("this model ranks texts: load one that makes embeddings of them");
    }
    return metadata.bool(architecture + ".attention.causal", true)
        ? Optional.empty()
        : Optional.of(
            "this model lets tokens see those that follow, which no engine computes: load one with"
                + " causal attention");
  }

  /** Why there are no embeddings, and what would help. */
  Optional<String> refusal() {
    return refusal;
  }

  /** As {@link Model#embed(EmbeddingRequest)}. */
  Embeddings embed(EmbeddingRequest request) {
    if (refusal.isPresent()) {
      throw new EmbeddingsUnsupportedException(refusal.get());
    }
    int dimensions = request.dimensions() == 0 ? config.hidden() : request.dimensions();
    if (dimensions > config.hidden()) {
      throw new IllegalArgumentException(
          "dimensions is %d, expected at most %d".formatted(dimensions, config.hidden()));
    }
    List<int[]> texts = new ArrayList<>();
    for (EmbeddingRequest.Input input : request.inputs()) {
      texts.add(checked(texts.size(), tokens(input)));
    }
    Pooling way = request.pooling().orElse(pooling);
    List<float[]> vectors = new ArrayList<>();
    for (PooledText text : compute(texts, way, request.priority())) {
      vectors.add(text.vector(dimensions, request.normalised()));
    }
    return new Embeddings(vectors, texts.stream().mapToInt(ids -> ids.length).sum());
  }

  private int[] tokens(EmbeddingRequest.Input input) {
    return switch (input) {
      case EmbeddingRequest.Input.Text(String text) -> tokenizer.encode(text, true, false);
      case EmbeddingRequest.Input.Tokens(int[] ids) -> ids;
    };
  }

  private int[] checked(int index, int[] ids) {
    if (ids.length == 0) {
      throw new IllegalArgumentException("text " + index + " has no tokens, expected at least one");
    }
    if (ids.length > contextLength) {
      throw new ContextFullException(ids.length, 0, contextLength);
    }
    for (int id : ids) {
      if (id < 0 || id >= config.vocabulary()) {
        throw new IllegalArgumentException(
            "text %d has the token %d, expected 0 to %d"
                .formatted(index, id, config.vocabulary() - 1));
      }
    }
    return ids;
  }

  private List<PooledText> compute(List<int[]> texts, Pooling way, Priority priority) {
    Admission.Ticket ticket = admission.enter(priority, TextSteps.positions(texts));
    try {
      if (!ticket.await(Deadline.NONE)) {
        throw new CancellationException("the thread that waits for embeddings was interrupted");
      }
      return steps.compute(texts, way);
    } finally {
      ticket.giveBack();
    }
  }
}
