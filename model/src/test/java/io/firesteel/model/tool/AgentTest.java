package io.firesteel.model.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent of the README: what stands there is compiled and run. */
class AgentTest {
  private static final Path README = Path.of("..", "README.md");
  private static final String HEADING = "## An agent in 20 lines";
  private static final String FENCE = "```";

  @TempDir Path folder;

  private static String code() throws Exception {
    String text = Files.readString(README);
    int heading = text.indexOf(HEADING);
    assertTrue(heading >= 0, "the README has no '" + HEADING + "'");
    int start = text.indexOf(FENCE + "java\n", heading) + FENCE.length() + "java\n".length();
    return text.substring(start, text.indexOf(FENCE, start));
  }

  private static void compile(Path source) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    ByteArrayOutputStream problems = new ByteArrayOutputStream();
    int status =
        compiler.run(
            null,
            null,
            problems,
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            source.getParent().toString(),
            source.toString());
    assertEquals(0, status, () -> problems.toString(StandardCharsets.UTF_8));
  }

  private static String output(Path classes) throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    PrintStream before = System.out;
    URL[] urls = {classes.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, AgentTest.class.getClassLoader())) {
      System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
      loader
          .loadClass("Agent")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    return output.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theReadmesAgentOfTwentyLinesCallsItsToolAndAnswers() throws Exception {
    String code = code();
    assertTrue(code.lines().filter(line -> !line.isBlank()).count() <= 20, code);
    compile(Files.writeString(folder.resolve("Agent.java"), code));
    String[] lines = output(folder).split("\n");
    assertEquals("ordered a taxi from market to island", lines[0]);
    assertTrue(lines[1].contains("market"), lines[1]);
  }
}
