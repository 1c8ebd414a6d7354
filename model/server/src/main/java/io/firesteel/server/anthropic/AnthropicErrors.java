package io.firesteel.server.anthropic;

import io.firesteel.server.http.ErrorFormat;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.http.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Errors as Anthropic's clients read them. */
public final class AnthropicErrors implements ErrorFormat {
  /** For use by routes. */
  public AnthropicErrors() {}

  @Override
  public JsonNode body(HttpError error) {
    ObjectNode body = Json.object();
    body.put("type", "error");
    ObjectNode node = body.putObject("error");
    node.put("type", type(error.kind()));
    node.put("message", error.getMessage());
    return body;
  }

  private static String type(HttpError.Kind kind) {
    return switch (kind) {
      case INVALID, METHOD, MEDIA_TYPE -> "invalid_request_error";
      case UNAUTHORIZED -> "authentication_error";
      case FORBIDDEN -> "permission_error";
      case NOT_FOUND -> "not_found_error";
      case TOO_LARGE -> "request_too_large";
      case BUSY -> "rate_limit_error";
      case REQUEST_TIMEOUT, TIMEOUT -> "timeout_error";
      case UNAVAILABLE -> "overloaded_error";
      case INTERNAL -> "api_error";
    };
  }
}
