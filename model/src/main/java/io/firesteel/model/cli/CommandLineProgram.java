package io.firesteel.model.cli;

import io.firesteel.model.config.SettingsException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/** Runs a command line: parses it, calls the subcommand, and turns errors into one line. */
public final class CommandLineProgram {
  private final Console console;
  private final FiresteelCommand root;

  /**
   * A program that has not run yet.
   *
   * @param console where to read and write
   * @param home folder of the launcher
   */
  public CommandLineProgram(Console console, Path home) {
    this.console = console;
    this.root = new FiresteelCommand(console, home);
  }

  private CommandLine commandLine(List<Subcommand> subcommands) {
    CommandLine commandLine = new CommandLine(root);
    subcommands.forEach(commandLine::addSubcommand);
    return commandLine
        .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(console.outIsTerminal() ? Ansi.ON : Ansi.OFF))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(this::wrongUsage)
        .setExecutionExceptionHandler((exception, command, parsed) -> failed(exception));
  }

  /**
   * The subcommand that the arguments begin with, alone, because each costs time at every start;
   * all of the class path where they begin with none.
   */
  private static List<Subcommand> subcommands(String[] arguments) {
    Map<String, ServiceLoader.Provider<Subcommand>> byName = new TreeMap<>();
    ServiceLoader.load(Subcommand.class).stream()
        .forEach(provider -> byName.put(nameOf(provider.type()), provider));
    if (arguments.length > 0 && byName.containsKey(arguments[0])) {
      return List.of(byName.get(arguments[0]).get());
    }
    return byName.values().stream().map(ServiceLoader.Provider::get).toList();
  }

  private static String nameOf(Class<? extends Subcommand> type) {
    return type.getAnnotation(CommandLine.Command.class).name();
  }

  /**
   * Runs the program.
   *
   * @return the exit code, as {@link ExitCode} says
   */
  public int run(String... arguments) {
    int code = commandLine(subcommands(arguments)).execute(arguments);
    console.out().flush();
    console.err().flush();
    return code;
  }

  private int wrongUsage(ParameterException exception, String[] arguments) {
    CommandLine command = exception.getCommandLine();
    String help = command.getCommandSpec().qualifiedName() + " --help";
    complain(exception.getMessage().replace('\n', ' ') + "; see " + help);
    return ExitCode.USAGE;
  }

  private int failed(Exception exception) {
    complain(ErrorText.of(exception));
    if (root.verbose()) {
      exception.printStackTrace(console.err());
    }
    return switch (exception) {
      case CliException e -> e.exitCode();
      case SettingsException _ -> ExitCode.USAGE;
      case NullPointerException _, ClassCastException _, IndexOutOfBoundsException _ ->
          ExitCode.INTERNAL;
      default -> ExitCode.FAILURE;
    };
  }

  private void complain(String text) {
    console.err().println("firesteel: " + text);
  }
}
