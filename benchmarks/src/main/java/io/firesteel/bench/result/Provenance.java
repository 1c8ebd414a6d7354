package io.firesteel.bench.result;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a result comes from: what every result file begins with.
 *
 * @param command the command line that made it
 * @param date when it was made
 * @param commit commit of the program, with {@code +changes} where files differ from it; {@code
 *     unknown} outside of a checkout
 * @param version version of the program
 */
public record Provenance(String command, Instant date, String commit, String version) {
  /** Written to each result; raised when a reader of older results would misread new ones. */
  public static final int FORMAT = 2;

  /**
   * Of a command that runs now.
   *
   * @param arguments the command line without the program's name
   */
  public static Provenance now(List<String> arguments, String commit) {
    String version = Provenance.class.getPackage().getImplementationVersion();
    return new Provenance(
        "firesteel " + String.join(" ", arguments),
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        commit,
        version == null ? "not packaged" : version);
  }

  /** Begins a result of a kind, such as {@code bench}. */
  public ObjectNode begin(String kind) {
    ObjectNode root = Json.object();
    root.put("benchmark", kind);
    root.put("format", FORMAT);
    root.put("date", date.toString());
    root.put("command", command);
    root.put("commit", commit);
    root.put("version", version);
    root.put("java", Runtime.version().toString());
    root.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    root.put("processors", Runtime.getRuntime().availableProcessors());
    return root;
  }
}
