package io.firesteel.model.cli;

import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that run a model: which one, on what, with how much memory. */
public final class ModelArguments {
  private static final int SESSION_TOKENS = 2048;

  @Mixin private EngineArguments engine;

  @Option(
      names = {"-c", "--context"},
      paramLabel = "N",
      description = "Longest context in tokens; default: the model's own, at most 8192.")
  private Integer context;

  /** Loads a model, or the embedded one for null; options go before settings. */
  public Model load(Path model, FiresteelCommand root) throws IOException {
    return load(model, root, options(root));
  }

  /** Loads a model with room in the cache for several sessions of the usual or the given length. */
  public Model load(Path model, FiresteelCommand root, int sessions) throws IOException {
    ModelOptions options = options(root);
    int length = options.contextLength() > 0 ? options.contextLength() : SESSION_TOKENS;
    return load(model, root, options.toBuilder().cacheTokens(sessions * length).build());
  }

  /** Loads a model for sessions of at least {@code tokens} tokens, or of the length given. */
  public Model loadFor(Path model, FiresteelCommand root, int tokens) throws IOException {
    ModelOptions options = options(root);
    int length = options.contextLength() > 0 ? options.contextLength() : tokens;
    return load(model, root, options.toBuilder().contextLength(length).build());
  }

  /** Loads a model with these options, which {@link #options} may have begun. */
  public Model load(Path model, FiresteelCommand root, ModelOptions options) throws IOException {
    return EngineArguments.load(model, root, options);
  }

  /** For picocli. */
  public ModelArguments() {}

  /** The options, as far as given, before the settings. */
  public ModelOptions options(FiresteelCommand root) {
    return engine
        .options(root)
        .contextLength(atLeast("--context", 1, context, root.settings().context()))
        .build();
  }

  /**
   * The value of an option.
   *
   * @throws CliException if it is below {@code least}
   */
  public static int atLeast(String option, int least, Integer given, int otherwise) {
    if (given == null) {
      return otherwise;
    }
    atLeast(option, least, given);
    return given;
  }

  /**
   * Checks the value of an option that always has one.
   *
   * @throws CliException if it is below {@code least}
   */
  public static void atLeast(String option, int least, int value) {
    if (value < least) {
      throw CliException.usage(option + " is " + value, "give at least " + least);
    }
  }
}
