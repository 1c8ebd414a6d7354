package io.firesteel.server.openai;

import io.firesteel.server.http.ErrorFormat;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.http.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Errors as OpenAI's clients read them. */
public final class OpenAiErrors implements ErrorFormat {
  /** For use by routes. */
  public OpenAiErrors() {}

  @Override
  public JsonNode body(HttpError error) {
    ObjectNode body = Json.object();
    body.set("error", of(error));
    return body;
  }

  static ObjectNode of(HttpError error) {
    ObjectNode node = Json.object();
    node.put("message", error.getMessage());
    node.put("type", type(error.kind()));
    node.put("param", error.parameter().orElse(null));
    node.put("code", error.code().orElse(null));
    return node;
  }

  private static String type(HttpError.Kind kind) {
    return switch (kind) {
      case UNAUTHORIZED -> "authentication_error";
      case FORBIDDEN -> "permission_error";
      case BUSY -> "rate_limit_error";
      case INTERNAL, UNAVAILABLE, TIMEOUT -> "server_error";
      case INVALID, NOT_FOUND, METHOD, REQUEST_TIMEOUT, TOO_LARGE, MEDIA_TYPE ->
          "invalid_request_error";
    };
  }
}
