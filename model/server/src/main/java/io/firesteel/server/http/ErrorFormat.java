package io.firesteel.server.http;

import tools.jackson.databind.JsonNode;

/** How a protocol writes errors. */
@FunctionalInterface
public interface ErrorFormat {
  /** The body for an error. */
  JsonNode body(HttpError error);
}
