package io.firesteel.tornado.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a result file begins with: the same as those of {@code firesteel bench}. */
final class RunHeader {
  private static final int FORMAT = 2;

  private RunHeader() {}

  /**
   * For a run that ends now.
   *
   * @param kind of result, such as {@code tune}
   * @param arguments its command line without the program's name
   * @param commit of the program
   */
  static Map<String, Object> of(String kind, List<String> arguments, String commit) {
    String version = RunHeader.class.getPackage().getImplementationVersion();
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("benchmark", kind);
    header.put("format", FORMAT);
    header.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    header.put("command", "firesteel " + String.join(" ", arguments));
    header.put("commit", commit);
    header.put("version", version == null ? "not packaged" : version);
    header.put("java", Runtime.version().toString());
    header.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    header.put("processors", Runtime.getRuntime().availableProcessors());
    return header;
  }
}
