package io.firesteel.model.cli;

import io.firesteel.model.EngineRefusal;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.config.Settings;
import io.firesteel.model.kv.KvFormat;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of commands that run a model: which one, on what, with how much memory. */
public final class ModelArguments {
  private static final int SESSION_TOKENS = 2048;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description = "auto, or an engine that 'firesteel engines' lists; default: auto.")
  private String engine;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      description = "Host threads for computation; default: all cores.")
  private Integer threads;

  @Option(
      names = {"-c", "--context"},
      paramLabel = "N",
      description = "Longest context in tokens; default: the model's own, at most 8192.")
  private Integer context;

  @Option(
      names = "--kv",
      paramLabel = "FORMAT",
      description = "How keys and values are stored: f32, f16 or q8; default: f16.")
  private KvFormat kvFormat;

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
    Path file = model == null ? null : ModelFile.unpacked(model, root);
    Model loaded = file == null ? Model.embedded(options) : Model.load(file, options);
    if (root.verbose()) {
      describe(loaded, root.console());
    }
    return loaded;
  }

  /** For picocli. */
  public ModelArguments() {}

  private static void describe(Model model, Console console) {
    for (EngineRefusal refusal : model.refusals()) {
      console.err().println(console.faint("not used: " + refusal));
    }
    console.err().println(console.faint("engine " + model.engine() + ", " + model.device()));
  }

  /** The options, as far as given, before the settings. */
  public ModelOptions options(FiresteelCommand root) {
    Settings settings = root.settings();
    return ModelOptions.builder()
        .engine(engine == null ? settings.engine() : engine)
        .threads(atLeast("--threads", 1, threads, settings.threads()))
        .contextLength(atLeast("--context", 1, context, settings.context()))
        .kvFormat(kvFormat == null ? settings.kvFormat() : kvFormat)
        .engineSettings(settings.engineSettings())
        .progress(root.console().progress())
        .build();
  }

  /**
   * The value of an option.
   *
   * @throws CliException if it is below {@code least}
   */
  public static int atLeast(String option, int least, Integer given, int otherwise) {
    if (given != null && given < least) {
      throw CliException.usage(option + " is " + given, "give at least " + least);
    }
    return given == null ? otherwise : given;
  }
}
