import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or applies google-java-format on every Java file below a folder: {@code check|apply
 * FOLDER}.
 */
class CodeFormat {
  private static final Formatter FORMATTER = new Formatter();

  void main(String[] args) throws IOException, FormatterException {
    boolean apply = args[0].equals("apply");
    List<Path> unformatted = new ArrayList<>();
    for (Path file : javaFiles(Path.of(args[1]))) {
      String text = Files.readString(file);
      String formatted = format(file, text);
      if (formatted.equals(text)) {
        continue;
      }
      unformatted.add(file);
      if (apply) {
        Files.writeString(file, formatted);
      }
    }
    if (!apply && !unformatted.isEmpty()) {
      System.err.println("Not formatted (mvn -N -Pformat validate formats them):");
      unformatted.forEach(file -> System.err.println("  " + file));
      System.exit(1);
    }
  }

  private static List<Path> javaFiles(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !root.relativize(file).toString().matches("(.*/)?target/.*"))
          .sorted()
          .toList();
    }
  }

  private static String format(Path file, String text) throws FormatterException {
    try {
      return FORMATTER.formatSourceAndFixImports(text);
    } catch (FormatterException e) {
      System.err.println(file + ": " + e.getMessage());
      throw e;
    }
  }
}
