package io.firesteel.model.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Entry point of the {@code firesteel} launcher. */
public final class Main {
  private Main() {}

  /**
   * Runs the command line and exits with its code. The launcher passes its folder as {@code
   * -Dfiresteel.home} and which streams are terminals as {@code -Dfiresteel.terminal}, because Java
   * itself can only tell about all of them at once; {@code -Dfiresteel.stderr} is explained at
   * {@link StandardError}.
   */
  public static void main(String[] arguments) {
    Integer realError = Integer.getInteger("firesteel.stderr");
    if (realError != null) {
      StandardError.restoreFrom(realError);
    }
    String terminals = System.getProperty("firesteel.terminal", "");
    Console console =
        new Console(
            System.in,
            stream(FileDescriptor.out),
            stream(FileDescriptor.err),
            terminals.contains("out"),
            terminals.contains("err"));
    Path home = Path.of(System.getProperty("firesteel.home", "."));
    System.exit(new CommandLineProgram(console, home).run(arguments));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }
}
