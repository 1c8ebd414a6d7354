package io.firesteel.tornado.kernels;

/**
 * Results of {@link SplitAttention} for {@link JoinSplits}, and how a sequence is split: into
 * shares of equal length, as many as there are splits or fewer where these would be too short.
 *
 * <p>For each query head of each row: {@code size} weighted sums for each split, the largest score
 * of each split, the sum of each split. What belongs to splits without positions is not written.
 */
final class Partials {
  /** A split of fewer positions is not worth its partial. */
  static final int SHORTEST = 16;

  private Partials() {}

  /** Floats of {@code heads} query heads. */
  static int count(int heads, int splits, int size) {
    return heads * splits * (size + 2);
  }

  /** First position that is seen from the last of {@code end} positions. */
  static int begin(int end, int window) {
    return window > 0 && end > window ? end - window : 0;
  }

  /** Positions of a split. */
  static int share(int length, int splits) {
    return ((length + splits - 1) / splits + SHORTEST - 1) / SHORTEST * SHORTEST;
  }

  /** Splits that have positions. */
  static int used(int length, int splits) {
    int share = share(length, splits);
    return (length + share - 1) / share;
  }

  /** Index of a split's first weighted sum. */
  static int values(int head, int split, int size, int splits) {
    return head * splits * (size + 2) + split * size;
  }

  /** Index of the first split's largest score; {@code splits} further is its sum. */
  static int states(int head, int size, int splits) {
    return head * splits * (size + 2) + splits * size;
  }
}
