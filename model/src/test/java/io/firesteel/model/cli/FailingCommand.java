package io.firesteel.model.cli;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Found through the service loader like any other module's command; fails in the way asked for. */
@Command(name = "fail-for-test", hidden = true)
public final class FailingCommand implements Subcommand {
  enum Way {
    USER_ERROR,
    WRONG_OPTION,
    MISSING_FILE,
    FAULT,
    NONE
  }

  @Parameters private Way way;

  @Override
  public Integer call() throws IOException {
    return switch (way) {
      case USER_ERROR ->
          throw CliException.failure("the model is too large", "choose a smaller one");
      case WRONG_OPTION -> throw CliException.usage("--n is -1", "give at least 1");
      case MISSING_FILE -> throw new NoSuchFileException("nowhere.gguf");
      case FAULT -> throw new NullPointerException();
      case NONE -> ExitCode.OK;
    };
  }
}
