package io.firesteel.model.cli;

import io.firesteel.model.EngineRefusal;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.config.Settings;
import io.firesteel.model.kv.KvFormat;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say what computes and how keys and values are stored. */
public final class EngineArguments {
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
      names = "--kv",
      paramLabel = "FORMAT",
      description = "How keys and values are stored: f32, f16 or q8; default: f16.")
  private KvFormat kvFormat;

  /** For picocli. */
  public EngineArguments() {}

  /** The options, as far as given, before the settings. */
  public ModelOptions.Builder options(FiresteelCommand root) {
    Settings settings = root.settings();
    return ModelOptions.builder()
        .engine(engine == null ? settings.engine() : engine)
        .threads(ModelArguments.atLeast("--threads", 1, threads, settings.threads()))
        .kvFormat(kvFormat == null ? settings.kvFormat() : kvFormat)
        .engineSettings(settings.engineSettings())
        .progress(root.console().progress());
  }

  /** Loads a model, or the embedded one for null, with these options and no others. */
  public static Model load(Path model, FiresteelCommand root, ModelOptions options)
      throws IOException {
    Path file = model == null ? null : ModelFile.unpacked(model, root);
    Model loaded = file == null ? Model.embedded(options) : Model.load(file, options);
    if (root.verbose()) {
      describe(loaded, root.console());
    }
    return loaded;
  }

  private static void describe(Model model, Console console) {
    for (EngineRefusal refusal : model.refusals()) {
      console.err().println(console.faint("not used: " + refusal));
    }
    console.err().println(console.faint("engine " + model.engine() + ", " + model.device()));
  }
}
