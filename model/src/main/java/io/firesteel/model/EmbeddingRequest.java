package io.firesteel.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Texts to be made into vectors.
 *
 * @param inputs one or more
 * @param pooling how tokens become one vector; empty for what the model's file says, or {@link
 *     Pooling#MEAN} where it says nothing
 * @param normalised whether vectors are scaled to the length 1
 * @param dimensions how many of a vector's first elements are kept, before they are scaled; 0 for
 *     all
 * @param priority against other requests
 */
public record EmbeddingRequest(
    List<Input> inputs,
    Optional<Pooling> pooling,
    boolean normalised,
    int dimensions,
    Priority priority) {
  /** Refuses null, no inputs and a negative number of dimensions. */
  public EmbeddingRequest {
    inputs = List.copyOf(inputs);
    Objects.requireNonNull(pooling, "pooling");
    Objects.requireNonNull(priority, "priority");
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("there are no texts to embed, expected at least one");
    }
    if (dimensions < 0) {
      throw new IllegalArgumentException("dimensions is " + dimensions + ", expected at least 0");
    }
  }

  /** A text, or its tokens. */
  public sealed interface Input {
    /** A text; texts of control tokens in it are plain text. */
    record Text(String text) implements Input {}

    /** Tokens as they are. */
    record Tokens(int... ids) implements Input {}
  }

  /** Texts, pooled as the model asks and normalised. */
  public static EmbeddingRequest texts(List<String> texts) {
    return of(texts.stream().<Input>map(Input.Text::new).toList());
  }

  /** Texts or tokens, pooled as the model asks and normalised. */
  public static EmbeddingRequest of(List<? extends Input> inputs) {
    return new EmbeddingRequest(List.copyOf(inputs), Optional.empty(), true, 0, Priority.NORMAL);
  }

  /** The same with vectors pooled in a given way. */
  public EmbeddingRequest withPooling(Pooling other) {
    return new EmbeddingRequest(inputs, Optional.of(other), normalised, dimensions, priority);
  }

  /** The same with vectors as long as they come out. */
  public EmbeddingRequest unnormalised() {
    return new EmbeddingRequest(inputs, pooling, false, dimensions, priority);
  }

  /** The same with shorter vectors, which models that are trained for it can give. */
  public EmbeddingRequest withDimensions(int count) {
    return new EmbeddingRequest(inputs, pooling, normalised, count, priority);
  }

  /** The same at another priority. */
  public EmbeddingRequest withPriority(Priority other) {
    return new EmbeddingRequest(inputs, pooling, normalised, dimensions, other);
  }
}
