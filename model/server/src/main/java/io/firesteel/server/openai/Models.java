package io.firesteel.server.openai;

import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.ServedModel;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /v1/models} and {@code GET /v1/models/ID}. */
public final class Models {
  private final ServedModel served;

  /** Tells of a model. */
  public Models(ServedModel served) {
    this.served = served;
  }

  /** The list of all. */
  public Endpoint list() {
    return exchange -> {
      ObjectNode body = Json.object();
      body.put("object", "list");
      body.putArray("data").add(model());
      exchange.answer(body);
    };
  }

  /** The one whose name stands in the path. */
  public Endpoint one() {
    return this::answerOne;
  }

  private void answerOne(Exchange exchange) {
    String asked = decoded(exchange.rest());
    if (!asked.equals(served.id())) {
      throw served.unknown(asked);
    }
    exchange.answer(model());
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private ObjectNode model() {
    ObjectNode node = Json.object();
    node.put("id", served.id());
    node.put("object", "model");
    node.put("created", served.since().getEpochSecond());
    node.put("owned_by", "firesteel");
    ObjectNode meta = node.putObject("meta");
    meta.put("name", served.model().config().name());
    meta.put("architecture", served.model().config().architecture().toString());
    meta.put("context_length", served.model().contextLength());
    meta.put("trained_context_length", served.model().config().contextLength());
    meta.put("vocabulary", served.model().config().vocabulary());
    if (served.model().embeddingRefusal().isEmpty()) {
      meta.put("embedding_length", served.model().embeddingWidth());
    }
    meta.put("engine", served.model().engine());
    return node;
  }
}
