package io.firesteel.model.cli;

import io.firesteel.loader.file.ByteSize;
import io.firesteel.loader.file.Progress.Report;
import io.firesteel.loader.file.Progress.Unit;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Draws one line that overwrites itself, and wipes it when the work is done. */
final class ProgressBar {
  private static final int WIDTH = 30;
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final String WIPE = "\r\u001b[K";

  private final PrintStream err;

  ProgressBar(PrintStream err) {
    this.err = err;
  }

  void draw(Report report) {
    if (report.elapsed().compareTo(PATIENCE) < 0) {
      return;
    }
    err.print(report.ended() ? WIPE : WIPE + line(report));
    err.flush();
  }

  static String line(Report report) {
    StringBuilder line = new StringBuilder(report.label()).append("  ");
    if (report.total() > 0) {
      int full = (int) Math.round(report.fraction() * WIDTH);
      line.append('[').append("#".repeat(full)).append("-".repeat(WIDTH - full)).append("] ");
      line.append(String.format(Locale.ROOT, "%3.0f%%  ", report.fraction() * 100));
    }
    line.append(amount(report.done(), report.unit()));
    if (report.total() > 0) {
      line.append(" of ").append(amount(report.total(), report.unit()));
    }
    line.append("  ").append(amount((long) report.rate(), report.unit())).append("/s");
    if (report.total() > 0 && report.rate() > 0) {
      long seconds = Math.round((report.total() - report.done()) / report.rate());
      line.append(String.format(Locale.ROOT, "  %d:%02d left", seconds / 60, seconds % 60));
    }
    return line.toString();
  }

  private static String amount(long value, Unit unit) {
    return switch (unit) {
      case BYTES -> ByteSize.format(value);
      case TOKENS -> value + " tokens";
      case ITEMS -> Long.toString(value);
    };
  }
}
