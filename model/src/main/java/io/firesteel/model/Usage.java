package io.firesteel.model;

import java.time.Duration;

/**
 * What an answer took.
 *
 * @param promptTokens tokens of the prompt
 * @param cachedTokens those of them that were computed before and taken from the prefix cache
 * @param answerTokens tokens of the answer, the one that ended it included
 * @param forcedTokens those of them that were not drawn, as the grammar left no choice
 * @param queued time until it was its turn
 * @param promptTime time for the prompt
 * @param firstTokenTime time from the prompt's end to the first token
 * @param laterTokensTime time for all tokens after the first
 */
public record Usage(
    int promptTokens,
    int cachedTokens,
    int answerTokens,
    int forcedTokens,
    Duration queued,
    Duration promptTime,
    Duration firstTokenTime,
    Duration laterTokensTime) {
  /** Tokens of prompt and answer. */
  public int totalTokens() {
    return promptTokens + answerTokens;
  }
}
