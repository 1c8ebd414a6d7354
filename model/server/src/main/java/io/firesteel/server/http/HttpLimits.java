package io.firesteel.server.http;

import java.time.Duration;

/**
 * What a client may ask of the server before a model comes into it.
 *
 * @param connections open connections at a time
 * @param bodyBytes largest request body
 * @param readTimeout time for a whole request body to arrive
 * @param writeTimeout time a client may leave a piece of its answer unread before it counts as gone
 */
public record HttpLimits(
    int connections, int bodyBytes, Duration readTimeout, Duration writeTimeout) {
  /** 1,024 connections, bodies of 8 MiB, 30 seconds to send one, 10 seconds without reading. */
  public static final HttpLimits DEFAULT =
      new HttpLimits(1024, 8 << 20, Duration.ofSeconds(30), Duration.ofSeconds(10));

  /** Checks that all are positive. */
  public HttpLimits {
    if (connections < 1 || bodyBytes < 1) {
      throw new IllegalArgumentException(
          "limits of %d connections and %d bytes, expected at least 1"
              .formatted(connections, bodyBytes));
    }
    if (!readTimeout.isPositive() || !writeTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "timeouts of " + readTimeout + " and " + writeTimeout + ", expected more than 0");
    }
  }
}
