package io.firesteel.server.http;

/** Answers the requests of one route. Called on a virtual thread of the request's own. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Answers a request.
   *
   * @throws HttpError if it cannot; becomes the answer if none has begun
   * @throws ClientGoneException if the client is not there any more
   */
  void answer(Exchange exchange);
}
