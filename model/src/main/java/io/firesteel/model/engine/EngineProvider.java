package io.firesteel.model.engine;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;

/**
 * Finds out whether an engine can run here, and opens it. Registered through {@link
 * java.util.ServiceLoader}.
 */
public interface EngineProvider {
  /**
   * Name used on the command line and in {@code tornado.properties}: {@code cpu}, {@code ptx} or
   * {@code tornado}.
   */
  String name();

  /**
   * Rank among engines when the choice is left to the program: the usable one with the highest
   * wins.
   */
  int preference();

  /**
   * Tells whether this engine can run on this machine at all. Cheap, and never throws for a missing
   * driver, library or device: those are what a refusal is for.
   */
  Availability probe(EngineOptions options);

  /**
   * Makes the weights ready to run (for a GPU: uploads them). All sequences share the result.
   *
   * @param weights stay open for as long as the engine is
   * @throws EngineException if the machine cannot hold the model or a type or shape is not
   *     supported; says what would fit
   */
  Engine open(ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException;
}
