package io.firesteel.ptx.engine;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import java.util.List;

/** Times the kernels of a model's steps on the first GPU. */
public final class StepProfiler implements AutoCloseable {
  private final PtxEngine engine;

  StepProfiler(PtxEngine engine) {
    this.engine = engine;
  }

  /**
   * Uploads a model.
   *
   * @throws EngineException if the machine has no suitable GPU, or the model does not fit
   */
  public static StepProfiler open(ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    return new StepProfiler(PtxEngineProvider.openEngine(weights, options, progress));
  }

  /** What is measured on, in words. */
  public String device() {
    return engine.device();
  }

  /**
   * Times a decode step.
   *
   * @param rows sequences that are decoded together
   * @param positions positions of each, the newest included
   * @param repeats steps to take the mean of
   * @return times by kernel, the whole step last
   */
  public List<KernelTime> decode(int rows, int positions, int repeats) {
    return engine.profile(rows, positions, repeats);
  }

  /**
   * Times a prefill step at the beginning of a context.
   *
   * @param rows tokens of the step
   * @param repeats steps to take the mean of
   * @return times by kernel, the whole step last
   */
  public List<KernelTime> prefill(int rows, int repeats) {
    return engine.profilePrefill(rows, repeats);
  }

  @Override
  public void close() {
    engine.close();
  }
}
