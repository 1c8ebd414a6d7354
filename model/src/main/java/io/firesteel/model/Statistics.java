package io.firesteel.model;

import java.time.Duration;

/**
 * Token counts and times of an answer and of the prompt before it. Times are those of computation:
 * what a caller does between two tokens is not counted.
 *
 * @param promptTokens tokens given since the answer before
 * @param promptTime time spent on them
 * @param generatedTokens tokens drawn
 * @param firstTokenTime time from the prompt's end to the first token
 * @param laterTokensTime time for all tokens after the first
 */
public record Statistics(
    int promptTokens,
    Duration promptTime,
    int generatedTokens,
    Duration firstTokenTime,
    Duration laterTokensTime) {
  /** Time from the prompt's beginning to the first token. */
  public Duration timeToFirstToken() {
    return promptTime.plus(firstTokenTime);
  }

  /** Prompt tokens a second, up to the first generated token; 0 if there was no prompt. */
  public double prefillRate() {
    return rate(promptTokens, timeToFirstToken());
  }

  /** Generated tokens a second after the first; 0 if there were none. */
  public double decodeRate() {
    return rate(generatedTokens - 1, laterTokensTime);
  }

  private static double rate(int tokens, Duration time) {
    return tokens <= 0 || time.isZero() ? 0 : tokens / (time.toNanos() * 1e-9);
  }
}
