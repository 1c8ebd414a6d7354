package io.firesteel.server.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is recorded of a request once it is over.
 *
 * @param id the request's, as the client got it
 * @param start when it came
 * @param remote address of the client
 * @param method HTTP method
 * @param route pattern of the path, {@code other} where there is no such route
 * @param status HTTP status, 499 for a client that went away before it got one
 * @param bytes length of the answer's body
 * @param time from its beginning to its end
 * @param answer what the model did for it
 * @param problem why it failed
 * @param body of the request; only where prompts are to be recorded
 */
public record ExchangeRecord(
    String id,
    Instant start,
    String remote,
    String method,
    String route,
    int status,
    long bytes,
    Duration time,
    Optional<AnswerFacts> answer,
    Optional<String> problem,
    Optional<String> body) {
  /** Status for a client that went away, as web servers have it. */
  public static final int CLIENT_GONE = 499;
}
