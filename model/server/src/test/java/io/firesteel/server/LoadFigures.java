package io.firesteel.server;

import java.util.ArrayList;
import java.util.List;

/** Times of many answers. */
final class LoadFigures {
  private final long start = System.nanoTime();
  private final List<Long> first = new ArrayList<>();
  private final List<Long> gaps = new ArrayList<>();
  private long tokens;
  private double seconds;

  synchronized void add(LoadClient.Timed answer) {
    first.add(answer.first());
    gaps.addAll(answer.gaps());
    tokens += answer.tokens();
  }

  synchronized void end() {
    seconds = (System.nanoTime() - start) * 1e-9;
    first.sort(null);
    gaps.sort(null);
  }

  synchronized int answers() {
    return first.size();
  }

  /** Tokens a second, all clients together. */
  synchronized double rate() {
    return tokens / seconds;
  }

  private static double millis(List<Long> sorted, double share) {
    return sorted.isEmpty()
        ? 0
        : sorted.get((int) Math.min(sorted.size() - 1L, (long) (sorted.size() * share))) * 1e-6;
  }

  @Override
  public synchronized String toString() {
    return "%,d answers, %.0f tok/s, first token p50 %.1f p99 %.1f ms, between p50 %.2f p99 %.2f ms"
        .formatted(
            first.size(),
            rate(),
            millis(first, 0.5),
            millis(first, 0.99),
            millis(gaps, 0.5),
            millis(gaps, 0.99));
  }
}
