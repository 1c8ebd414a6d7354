package io.firesteel.model.cli;

import io.firesteel.loader.file.Progress;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;

/**
 * The streams of the program.
 *
 * @param in standard input
 * @param out results, and nothing else
 * @param err errors, progress and timings
 * @param outIsTerminal whether a person reads {@code out}: colours only then
 * @param errIsTerminal whether a person reads {@code err}: progress bars and colours only then
 */
public record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal) {
  private static final Duration REDRAW = Duration.ofMillis(100);

  /** Progress bars on a terminal for work of more than a second; nothing elsewhere. */
  public Progress progress() {
    if (!errIsTerminal) {
      return Progress.NONE;
    }
    ProgressBar bar = new ProgressBar(err);
    return Progress.reportingTo(bar::draw, REDRAW);
  }

  /** Text in a faint colour where {@code err} is a terminal. */
  public String faint(String text) {
    return errIsTerminal ? "\u001b[2m" + text + "\u001b[0m" : text;
  }

  /** Text in bold where {@code out} is a terminal. */
  public String bold(String text) {
    return outIsTerminal ? "\u001b[1m" + text + "\u001b[0m" : text;
  }
}
