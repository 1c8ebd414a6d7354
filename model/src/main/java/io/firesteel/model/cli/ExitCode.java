package io.firesteel.model.cli;

/** Exit codes of the program. */
public final class ExitCode {
  /** Everything went well. */
  public static final int OK = 0;

  /** The work failed: a file that cannot be read, an engine that refuses, a full disk. */
  public static final int FAILURE = 1;

  /** The command line or a setting is wrong. */
  public static final int USAGE = 2;

  /** The work was done and its result does not meet a threshold that was asked for. */
  public static final int BELOW_THRESHOLD = 3;

  /** A fault of the program itself. */
  public static final int INTERNAL = 70;

  private ExitCode() {}
}
