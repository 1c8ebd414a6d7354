package io.firesteel.tornado.kernels;

import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Greedy choice of the next token: the largest logit, the lowest id among equals. */
public final class SampleOp {
  /** Logits that a group searches. */
  private static final int SHARE = 1024;

  private SampleOp() {}

  /**
   * What the groups find on the way.
   *
   * @param best largest logit of each part
   * @param indices its token
   */
  public record Scratch(FloatArray best, IntArray indices) {
    /** Arrays for rows of {@code vocabulary} logits. */
    public static Scratch of(int rows, int vocabulary) {
      int parts = rows * parts(vocabulary);
      return new Scratch(new FloatArray(parts), new IntArray(parts));
    }
  }

  /**
   * The launches.
   *
   * @param logits {@code rows * vocabulary}
   * @param tokens output, one id for each row
   */
  public static List<KernelTask> greedy(
      FloatArray logits, Scratch scratch, IntArray tokens, int rows, int vocabulary) {
    int parts = parts(vocabulary);
    return List.of(
        ArgMax.search(logits, scratch.best(), scratch.indices(), rows, vocabulary, parts),
        ArgMax.join(scratch.best(), scratch.indices(), tokens, rows, parts));
  }

  private static int parts(int vocabulary) {
    return Math.ceilDiv(vocabulary, SHARE);
  }
}
