package io.firesteel.model.cli;

import io.firesteel.model.FinishReason;
import io.firesteel.model.Generation;
import io.firesteel.model.Piece;
import io.firesteel.model.Statistics;
import java.util.Locale;

/** Prints an answer as it is made, and how fast that was. */
record AnswerPrinter(Console console) {
  /** Prints the answer on standard output and its speed on standard error. */
  void print(Generation generation) {
    for (Piece piece : generation) {
      if (!piece.text().isEmpty()) {
        console.out().print(piece.text());
        console.out().flush();
      }
    }
    console.out().println();
    console.out().flush();
    console.err().println(console.faint(speed(generation)));
  }

  private static String speed(Generation generation) {
    Statistics s = generation.statistics();
    String text =
        String.format(
            Locale.ROOT,
            "%d prompt tokens at %.0f tok/s, first token after %.0f ms, %d tokens at %.1f tok/s",
            s.promptTokens(),
            s.prefillRate(),
            s.timeToFirstToken().toNanos() * 1e-6,
            s.generatedTokens(),
            s.decodeRate());
    return text + generation.finishReason().map(AnswerPrinter::reason).orElse("");
  }

  private static String reason(FinishReason reason) {
    return switch (reason) {
      case END -> "";
      case STOP_TOKEN, STOP_STRING -> ", stopped as asked";
      case MAX_TOKENS -> ", cut off at the most tokens allowed";
      case CANCELLED -> ", cancelled";
      case DEADLINE -> ", cut off at the deadline";
      case NO_ROOM -> ", cut off as the context is full";
    };
  }
}
