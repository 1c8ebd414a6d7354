package io.firesteel.model.engine;

/** Gives what a model makes of tokens instead of what it expects to follow, for embeddings. */
public interface HiddenStates {
  /**
   * Runs one step as {@link Engine#forward} does, but computes hidden states: the sum of all
   * layers' outputs, before the output norm.
   *
   * @param batch tokens, positions and pages; its {@link Batch#logitRows} are the rows whose hidden
   *     states are wanted
   * @param states output, one row of the model's hidden width for each entry of {@link
   *     Batch#logitRows}
   * @throws EngineException if the device fails; the engine must then be closed
   */
  void forward(Batch batch, float[] states) throws EngineException;
}
