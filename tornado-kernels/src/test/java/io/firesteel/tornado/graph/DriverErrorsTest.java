package io.firesteel.tornado.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.model.engine.EngineException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriverErrorsTest {
  /** Prints as native code does, past Java's {@code System.out}. */
  static final class Printer {
    private Printer() {}

    public static void main(String[] lines) throws EngineException {
      System.out.println("before");
      try {
        DriverErrors.check(() -> print(lines));
        System.out.println("succeeded");
      } catch (EngineException e) {
        System.out.println("refused: " + e.getMessage());
      }
    }

    private static void print(String[] lines) {
      try (FileOutputStream out = new FileOutputStream("/dev/stdout", true)) {
        for (String line : lines) {
          out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** In a process of its own, since the standard output of this one is the test runner's. */
  private static List<String> printed(String... lines) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                Printer.class.getName()));
    command.addAll(List.of(lines));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var reader = process.inputReader()) {
      return reader.lines().toList();
    }
  }

  @Test
  void workWithoutErrorsSucceedsAndWhatItPrintsComesOut() throws Exception {
    assertEquals(List.of("before", "a note", "succeeded"), printed("a note"));
  }

  @Test
  void anErrorThatTheDriverReportsIsThrown() throws Exception {
    assertEquals(
        List.of(
            "before",
            "a note",
            "refused: the driver refused what TornadoVM asked for: cuGraphLaunch -> Returned: 1;"
                + " cuMemcpyHtoDAsyncMemSeg -> Returned: 1 (3 errors)"),
        printed(
            "\t[TornadoVM-PTX-JNI] ERROR : cuGraphLaunch -> Returned: 1",
            "a note",
            "\t[TornadoVM-PTX-JNI] ERROR : cuGraphLaunch -> Returned: 1",
            "\t[TornadoVM-PTX-JNI] ERROR : cuMemcpyHtoDAsyncMemSeg -> Returned: 1"));
  }
}
