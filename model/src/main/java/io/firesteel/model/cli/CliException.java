package io.firesteel.model.cli;

/** An error that ends a command with one line on standard error: what is wrong, and a remedy. */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CliException(int exitCode, String message, String remedy, Throwable cause) {
    super(remedy.isEmpty() ? message : message + "; " + remedy, cause);
    this.exitCode = exitCode;
  }

  /** Work that failed, with what the user can do about it (may be empty). */
  public static CliException failure(String message, String remedy) {
    return new CliException(ExitCode.FAILURE, message, remedy, null);
  }

  /** Work that failed because of {@code cause}, with what the user can do about it. */
  public static CliException failure(String message, String remedy, Throwable cause) {
    return new CliException(ExitCode.FAILURE, message, remedy, cause);
  }

  /** A wrong option, argument or setting, with the values it may take. */
  public static CliException usage(String message, String remedy) {
    return new CliException(ExitCode.USAGE, message, remedy, null);
  }

  /** Exit code that goes with it, one of {@link ExitCode}. */
  public int exitCode() {
    return exitCode;
  }
}
