package io.firesteel.tornado.tune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A settings file with the faster forms written into it. Lines of which nothing is known stay as
 * and where they are; a setting that is there changes its value in place, a new one goes to the
 * end.
 */
public final class TunedProperties {
  private static final String MARK = "# tuned: ";
  private static final String OP = "op.";

  private final List<String> lines = new ArrayList<>();
  private final Map<String, Winner> open;
  private final String source;

  private TunedProperties(List<Winner> winners, String source) {
    this.open =
        winners.stream()
            .collect(Collectors.toMap(w -> OP + w.key(), w -> w, (a, b) -> a, LinkedHashMap::new));
    this.source = source;
  }

  /**
   * Writes winners into a file's text.
   *
   * @param text of the file, empty where there is none
   * @param source what was measured on what, for the comments
   */
  public static String rewrite(String text, List<Winner> winners, String source) {
    TunedProperties file = new TunedProperties(winners, source);
    text.lines().forEach(file::line);
    file.append();
    return String.join("\n", file.lines) + "\n";
  }

  private void line(String line) {
    Winner winner = open.remove(key(line));
    if (winner == null) {
      lines.add(line);
      return;
    }
    if (!lines.isEmpty() && lines.getLast().startsWith(MARK)) {
      lines.removeLast();
    }
    write(winner);
  }

  /** The key of a setting on one line; empty for comments and what else a file may hold. */
  private static String key(String line) {
    String start = line.strip();
    int end = 0;
    while (end < start.length() && "=: \t".indexOf(start.charAt(end)) < 0) {
      end++;
    }
    return start.startsWith("#") || start.startsWith("!") ? "" : start.substring(0, end);
  }

  private void append() {
    if (!open.isEmpty() && !lines.isEmpty() && !lines.getLast().isBlank()) {
      lines.add("");
    }
    open.values().forEach(this::write);
  }

  private void write(Winner winner) {
    lines.add(MARK + winner.times() + ", " + source);
    lines.add(OP + winner.key() + " = " + winner.form());
  }
}
