package io.firesteel.bench.accuracy;

import io.firesteel.loader.Gguf;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.TeacherForcing;
import java.io.IOException;

/** Logits that an engine computes. */
public final class EngineLogits implements LogitSource {
  private final TeacherForcing forcing;

  /**
   * Makes an engine ready.
   *
   * @param positions longest sequence that will be computed
   * @throws IOException if the engine cannot run the model
   */
  public EngineLogits(Gguf file, int positions, ModelOptions options) throws IOException {
    forcing = TeacherForcing.open(file, positions, options);
  }

  @Override
  public String name() {
    return forcing.engine();
  }

  @Override
  public int vocabulary() {
    return forcing.vocabulary();
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public float[] rows(Chunks chunks, int index) throws IOException {
    return last(chunks.chunk(index), chunks.firstScored(), chunks.scored());
  }

  /** Logits after the tokens at positions {@code first} to {@code first + count - 1}. */
  public float[] last(int[] tokens, int first, int count) throws IOException {
    int vocabulary = vocabulary();
    float[] rows = new float[Math.multiplyExact(count, vocabulary)];
    forcing.read(
        tokens,
        (position, logits, offset) -> {
          if (position >= first && position < first + count) {
            System.arraycopy(logits, offset, rows, (position - first) * vocabulary, vocabulary);
          }
        });
    return rows;
  }

  @Override
  public int[] greedy(int[] prompt, int count) throws IOException {
    return forcing.greedy(prompt, count);
  }

  @Override
  public void close() {
    forcing.close();
  }
}
