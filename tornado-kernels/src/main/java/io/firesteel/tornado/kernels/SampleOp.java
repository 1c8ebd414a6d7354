package io.firesteel.tornado.kernels;

import io.firesteel.model.sampling.SamplingParameters;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Choice of the next token: the largest logit, the lowest id among equals; or a draw, as {@link
 * io.firesteel.model.sampling.Sampler} does it.
 */
public final class SampleOp {
  /** Largest vocabulary that tokens can be drawn from. */
  public static final int MAX_VOCABULARY = CutTail.MAX_SHARES * SortShares.SHARE;

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

  /** Whether there are kernels for this way to sample. */
  public static boolean isSupported(SamplingParameters parameters, int vocabulary) {
    return parameters.plainGreedy()
        || vocabulary <= MAX_VOCABULARY && Chances.isSupported(parameters);
  }

  /**
   * What the launches of a draw leave for each other.
   *
   * @param adjusted logits with biases and penalties
   * @param sorted logits of each share, the largest first
   * @param upTo sums of their weights
   * @param largest logit of each row
   * @param bars least logit of each share that is left
   * @param equals how many of a share's tokens with just this logit are left
   * @param sums of each share's weights
   */
  public record DrawScratch(
      FloatArray adjusted,
      FloatArray sorted,
      DoubleArray upTo,
      FloatArray largest,
      FloatArray bars,
      IntArray equals,
      DoubleArray sums) {
    /** Arrays for rows of {@code vocabulary} logits. */
    public static DrawScratch of(int rows, int vocabulary) {
      int shares = rows * SortShares.shares(vocabulary);
      int padded = Math.multiplyExact(shares, SortShares.SHARE);
      return new DrawScratch(
          new FloatArray(rows * vocabulary),
          new FloatArray(padded),
          new DoubleArray(padded),
          new FloatArray(rows),
          new FloatArray(shares),
          new IntArray(shares),
          new DoubleArray(shares));
    }
  }

  /**
   * The launches of a draw.
   *
   * @param logits {@code rows * vocabulary}
   * @param tokens output, one id for each row; -1 where none can be drawn, because a logit is NaN
   *     or infinite or none is finite
   * @param vocabulary at most {@link #MAX_VOCABULARY}
   */
  public static List<KernelTask> draw(
      FloatArray logits,
      Chances chances,
      DrawScratch scratch,
      IntArray tokens,
      int rows,
      int vocabulary) {
    FloatArray adjusted = scratch.adjusted();
    FloatArray largest = scratch.largest();
    FloatArray bars = scratch.bars();
    IntArray equals = scratch.equals();
    DoubleArray sums = scratch.sums();
    return List.of(
        AdjustLogits.copy(logits, adjusted, rows * vocabulary),
        AdjustLogits.change(adjusted, chances, rows, vocabulary),
        SortShares.task(adjusted, scratch.sorted(), scratch.upTo(), rows, vocabulary),
        CutTail.task(
            scratch.sorted(), scratch.upTo(), chances, largest, bars, equals, rows, vocabulary),
        DrawToken.weigh(adjusted, chances, largest, bars, equals, sums, rows, vocabulary),
        DrawToken.draw(adjusted, chances, largest, bars, equals, sums, tokens, rows, vocabulary));
  }

  private static int parts(int vocabulary) {
    return Math.ceilDiv(vocabulary, SHARE);
  }
}
