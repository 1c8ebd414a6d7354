package io.firesteel.spark;

import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The models of this executor, loaded once each and shared by its tasks.
 *
 * <p>Tasks come as serialised functions and share nothing but their JVM, and Spark has no object
 * that lives as long as an executor: so this one table is static. Models stay until the JVM ends.
 */
final class ExecutorModels {
  private static final Map<Source, Model> LOADED = new HashMap<>();
  private static final int MOST_ANSWERS = 256;

  /** What makes two models the same. */
  private record Source(String model, String engine, int threads, int contextLength) {}

  private ExecutorModels() {}

  static synchronized Model of(BatchOptions options) throws IOException {
    Source source =
        new Source(options.model(), options.engine(), options.threads(), options.contextLength());
    Model model = LOADED.get(source);
    if (model == null) {
      model = load(options);
      LOADED.put(source, model);
    }
    return model;
  }

  private static Model load(BatchOptions options) throws IOException {
    int context =
        options.contextLength() > 0 ? options.contextLength() : ModelOptions.USUAL_CONTEXT;
    ModelOptions modelOptions =
        ModelOptions.builder()
            .engine(options.engine())
            .threads(options.threads())
            .contextLength(options.contextLength())
            .cacheTokens(Math.multiplyExact(context, 4))
            .maxAnswers(MOST_ANSWERS)
            .maxWaiting(Integer.MAX_VALUE)
            .build();
    return options.model().isEmpty()
        ? Model.embedded(modelOptions)
        : Model.load(Path.of(options.model()), modelOptions);
  }
}
