package io.firesteel.model;

import java.util.List;

/**
 * Texts as vectors.
 *
 * @param vectors one for each text, in their order
 * @param tokens number of tokens of all texts together
 */
public record Embeddings(List<float[]> vectors, int tokens) {
  /** Copies the list. */
  public Embeddings {
    vectors = List.copyOf(vectors);
  }
}
