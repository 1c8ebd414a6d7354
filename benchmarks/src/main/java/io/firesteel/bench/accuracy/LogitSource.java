package io.firesteel.bench.accuracy;

import java.io.IOException;

/** Something that tells, for each scored position of some chunks, how likely each token is next. */
public interface LogitSource extends AutoCloseable {
  /** Who computed, in words. */
  String name();

  /** Number of tokens that each row scores. */
  int vocabulary();

  /**
   * Whether the rows are logits as they were computed; otherwise they are logarithms of
   * probabilities, rounded, and cut off far below the largest.
   */
  boolean isExact();

  /**
   * The rows of a chunk; chunks are asked for in their order.
   *
   * @param chunks the text, the same in every call
   * @param index which chunk
   * @return logits, or logarithms of probabilities, {@code chunks.scored() * vocabulary()}
   * @throws IOException if they cannot be computed or read
   */
  float[] rows(Chunks chunks, int index) throws IOException;

  /**
   * What is drawn greedily after a prompt.
   *
   * @param count tokens to draw
   * @return fewer if not so many are known; none if the source cannot compute
   */
  int[] greedy(int[] prompt, int count) throws IOException;

  @Override
  void close() throws IOException;
}
