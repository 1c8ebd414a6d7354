package io.firesteel.model.cli;

import io.firesteel.model.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program itself: what all subcommands share. */
@Command(
    name = "firesteel",
    description = "Runs mixture-of-experts and dense language models from GGUF files.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 below a threshold asked for,",
      "            70 fault of the program, 130 interrupted.",
      "",
      "Examples:",
      "  firesteel generate -p \"What is 345 + 87?\"     the embedded model answers",
      "  firesteel chat --model Qwen3-30B-A3B-Q4_K_M.gguf",
      "  firesteel engines                              what can run here, and why not"
    })
public final class FiresteelCommand implements Callable<Integer> {
  private static final String SETTINGS_FILE = "tornado.properties";

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show stack traces of errors and more detail.")
  private boolean verbose;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Settings file; default: tornado.properties beside the launcher.")
  private Path config;

  private final Console console;
  private final Path home;

  /**
   * The root of the command line.
   *
   * @param console where to read and write
   * @param home folder of the launcher, where {@code tornado.properties} is looked for
   */
  FiresteelCommand(Console console, Path home) {
    this.console = console;
    this.home = home;
  }

  /** Where to read and write. */
  public Console console() {
    return console;
  }

  /** Folder of the launcher. */
  public Path home() {
    return home;
  }

  /** Whether stack traces and more detail are wanted. */
  public boolean verbose() {
    return verbose;
  }

  /** The settings file in force, whether or not it exists. */
  public Path settingsFile() {
    return config == null ? home.resolve(SETTINGS_FILE) : config;
  }

  /**
   * What the settings file says; the defaults where the launcher's folder has none.
   *
   * @throws io.firesteel.model.config.SettingsException if the file is wrong
   * @throws CliException if {@code --config} names no file
   */
  public Settings settings() {
    Path file = settingsFile();
    if (Files.exists(file)) {
      return Settings.read(file);
    }
    if (config != null) {
      throw CliException.usage("--config " + config + " does not exist", "name a settings file");
    }
    return Settings.DEFAULT;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(console.out());
    return ExitCode.OK;
  }
}
