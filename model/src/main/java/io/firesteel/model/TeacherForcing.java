package io.firesteel.model;

import io.firesteel.loader.Gguf;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.ops.Rows;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a model expects at every position of a given text: the logits of all rows, which a {@link
 * Session} never keeps. For perplexity, for comparing engines, and for tools that want raw logits.
 * Not safe for use by several threads.
 */
public final class TeacherForcing implements AutoCloseable {
  private static final int ROWS = 64;

  private final Engine engine;

  /** Receives the logits of one position. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Takes a row; the array is used again for the next ones.
     *
     * @param position position of the token that was fed
     * @param logits holds the row
     * @param offset where it begins; {@link TeacherForcing#vocabulary} floats
     */
    void accept(int position, float[] logits, int offset) throws IOException;
  }

  private TeacherForcing(Engine engine) {
    this.engine = engine;
  }

  /**
   * Makes a model ready.
   *
   * @param file stays open for as long as this is used
   * @param positions most tokens that will be given at a time
   * @param options engine, threads, KV format and progress; the context is {@code positions}
   * @throws EngineException if no engine can run it, or the one asked for cannot
   */
  public static TeacherForcing open(Gguf file, int positions, ModelOptions options)
      throws EngineException {
    int threads =
        options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
    EngineOptions engineOptions =
        new EngineOptions(
            threads,
            positions,
            options.kvFormat(),
            EngineOptions.DEFAULT_PAGE_TOKENS,
            ROWS,
            options.engineSettings());
    return new TeacherForcing(
        EngineChoice.installed()
            .open(options.engine(), ModelWeights.of(file), engineOptions, options.progress()));
  }

  /** Floats of a row. */
  public int vocabulary() {
    return engine.vocabulary();
  }

  /** Name of the engine that computes. */
  public String engine() {
    return engine.name();
  }

  /**
   * Computes the logits after every token, from an empty cache.
   *
   * @param tokens at most the number of positions given to {@link #open}
   * @throws EngineException if the engine fails
   * @throws IOException if the listener throws it
   */
  public void read(int[] tokens, Listener listener) throws IOException {
    int[] pages = IntStream.range(0, engine.kv().pages()).toArray();
    int chunk = Math.min(ROWS, engine.maxRows());
    float[] logits = new float[0];
    for (int from = 0; from < tokens.length; from += chunk) {
      int count = Math.min(chunk, tokens.length - from);
      if (logits.length != count * vocabulary()) {
        logits = new float[count * vocabulary()]; // an engine wants just the room it fills
      }
      int[] part = IntStream.range(from, from + count).map(i -> tokens[i]).toArray();
      int[] all = IntStream.range(0, count).toArray();
      engine.forward(new Batch(part, Rows.ofSequence(from, count, pages), all), logits);
      for (int row = 0; row < count; row++) {
        listener.accept(from + row, logits, row * vocabulary());
      }
    }
  }

  /**
   * Draws the most likely token again and again after a prompt, from an empty cache.
   *
   * @param prompt at least one token; with {@code count} at most the number of positions given to
   *     {@link #open}
   * @param count tokens to draw
   * @throws EngineException if the engine fails
   */
  public int[] greedy(int[] prompt, int count) throws IOException {
    int[] pages = IntStream.range(0, engine.kv().pages()).toArray();
    int chunk = Math.min(ROWS, engine.maxRows());
    float[] logits = new float[vocabulary()];
    for (int from = 0; from < prompt.length; from += chunk) {
      int rows = Math.min(chunk, prompt.length - from);
      int[] part = Arrays.copyOfRange(prompt, from, from + rows);
      boolean last = from + rows == prompt.length;
      int[] wanted = last ? new int[] {rows - 1} : new int[0];
      engine.forward(
          new Batch(part, Rows.ofSequence(from, rows, pages), wanted),
          last ? logits : new float[0]);
    }
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = likeliest(logits);
      if (i + 1 < count) {
        Rows row = Rows.ofSequence(prompt.length + i, 1, pages);
        engine.forward(new Batch(new int[] {drawn[i]}, row, new int[] {0}), logits);
      }
    }
    return drawn;
  }

  /** The lower id among equals. */
  private static int likeliest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @Override
  public void close() {
    engine.close();
  }
}
