package io.firesteel.model.evaluation;

import io.firesteel.loader.file.Progress;
import io.firesteel.loader.file.Progress.Unit;
import io.firesteel.model.TeacherForcing;
import java.io.IOException;
import java.util.Arrays;

/**
 * How well a model predicts a text: the exponential of the mean negative log-likelihood of its
 * tokens.
 *
 * @param tokens number of tokens that were predicted
 * @param negativeLogLikelihood mean over those tokens, in nats
 * @param standardError of that mean
 */
public record Perplexity(int tokens, double negativeLogLikelihood, double standardError) {
  /** The perplexity. */
  public double value() {
    return Math.exp(negativeLogLikelihood);
  }

  /** Standard error of {@link #value}, by linear propagation. */
  public double valueError() {
    return value() * standardError;
  }

  /**
   * Measures as llama.cpp's perplexity tool does: the text is cut into chunks of {@code chunk}
   * tokens that know nothing of each other, the first token of each is replaced by BOS where the
   * model wants one, and the second half of each is scored.
   *
   * @param text ids of the text, at least two chunks or they are taken as one
   * @param chunk tokens of a chunk, at least 2
   * @param bos replaces the first token of each chunk; negative for none
   * @throws IOException if the engine fails
   */
  public static Perplexity ofHalves(
      TeacherForcing model, int[] text, int chunk, int bos, Progress progress) throws IOException {
    Sum sum = new Sum();
    int chunks = text.length / chunk;
    try (Progress.Task task = progress.begin("perplexity", Unit.TOKENS, (long) chunks * chunk)) {
      for (int i = 0; i < chunks; i++) {
        int[] tokens = Arrays.copyOfRange(text, i * chunk, (i + 1) * chunk);
        if (bos >= 0) {
          tokens[0] = bos;
        }
        sum.add(model, tokens, chunk / 2);
        task.advance(chunk);
      }
    }
    return sum.perplexity();
  }

  /**
   * Scores one text as a whole: every token but the first.
   *
   * @throws IOException if the engine fails
   */
  public static Perplexity ofWhole(TeacherForcing model, int[] text) throws IOException {
    Sum sum = new Sum();
    sum.add(model, text, 0);
    return sum.perplexity();
  }

  /** Collects the negative log-likelihoods of tokens. */
  private static final class Sum {
    private int count;
    private double total;
    private double squares;

    /** Scores the tokens after position {@code first}, each by the logits before it. */
    void add(TeacherForcing model, int[] tokens, int first) throws IOException {
      int vocabulary = model.vocabulary();
      model.read(
          tokens,
          (position, logits, offset) -> {
            if (position >= first && position + 1 < tokens.length) {
              add(LogSoftmax.negative(logits, offset, vocabulary, tokens[position + 1]));
            }
          });
    }

    private void add(double loss) {
      count++;
      total += loss;
      squares += loss * loss;
    }

    Perplexity perplexity() {
      double mean = count == 0 ? Double.NaN : total / count;
      double variance = Math.max(0, squares / count - mean * mean);
      return new Perplexity(count, mean, count < 2 ? 0 : Math.sqrt(variance / (count - 1)));
    }
  }
}
