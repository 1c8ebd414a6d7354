package io.firesteel.model.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineProgramTest {
  @Test
  void helpListsSubcommandsOfTheClassPathAndExitCodes() {
    ProgramRun run = ProgramRun.of("--help");
    assertEquals(ExitCode.OK, run.code());
    assertTrue(run.out().contains("engines"), run.out());
    assertTrue(run.out().contains("130 interrupted"), run.out());
  }

  @Test
  void withoutASubcommandTheHelpIsShown() {
    assertEquals(ProgramRun.of("--help").out(), ProgramRun.of().out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NONE         | 0  | ''",
        "USER_ERROR   | 1  | firesteel: the model is too large; choose a smaller one",
        "WRONG_OPTION | 2  | firesteel: --n is -1; give at least 1",
        "MISSING_FILE | 1  | firesteel: nowhere.gguf does not exist; check the path (relative paths"
            + " start at the current folder)",
        "FAULT        | 70 | firesteel: fault of the program: java.lang.NullPointerException; run"
            + " it again with --verbose and report the trace",
      })
  void anErrorIsOneLineOnStandardErrorAndAnExitCode(String way, int code, String line) {
    ProgramRun run = ProgramRun.of("fail-for-test", way);
    assertEquals(code, run.code());
    assertEquals(line, run.err().strip());
    assertEquals("", run.out());
  }

  @Test
  void verboseAddsTheStackTrace() {
    ProgramRun run = ProgramRun.of("fail-for-test", "USER_ERROR", "--verbose");
    assertTrue(run.err().contains("at io.firesteel.model.cli.FailingCommand.call"), run.err());
  }

  @Test
  void anUnknownSubcommandIsWrongUsageAndNamesTheHelp() {
    ProgramRun run = ProgramRun.of("generat");
    assertEquals(ExitCode.USAGE, run.code());
    assertTrue(run.err().contains("'generat'") && run.err().contains("--help"), run.err());
    assertEquals(1, run.err().strip().lines().count());
  }

  @Test
  void enginesAreListedOnePerLineWithRemediesForTheRefused() {
    ProgramRun run = ProgramRun.of("engines");
    long refused = run.out().lines().filter(line -> line.contains("refused:")).count();
    long remedies = run.out().lines().filter(line -> line.contains("remedy:")).count();
    assertEquals(refused, remedies);
  }

  @Test
  void aSettingsFileThatIsWrongIsNamedWithItsKeyAndTheAllowedValues(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("my.properties");
    Files.writeString(file, "op.attention = cuda\n");
    ProgramRun run = ProgramRun.of("engines", "--config", file.toString());
    assertEquals(ExitCode.USAGE, run.code());
    assertEquals(
        "firesteel: " + file + ": op.attention = cuda, expected one of java, ptx",
        run.err().strip());
  }
}
