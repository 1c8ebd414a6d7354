package io.firesteel.server.http;

import java.time.Duration;
import java.util.Optional;

/**
 * What is recorded of the work behind a request.
 *
 * @param promptTokens tokens of the prompt
 * @param cachedTokens those of them that had been computed before
 * @param answerTokens tokens generated, all choices together
 * @param firstToken time from the request's beginning to its first token; empty if there was none
 * @param betweenTokens mean time from one token of a choice to the next; empty with fewer than two
 * @param finish why it ended, in the words of its protocol
 */
public record AnswerFacts(
    int promptTokens,
    int cachedTokens,
    int answerTokens,
    Optional<Duration> firstToken,
    Optional<Duration> betweenTokens,
    String finish) {}
