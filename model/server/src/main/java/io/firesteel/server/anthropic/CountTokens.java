package io.firesteel.server.anthropic;

import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.Failures;
import io.firesteel.server.serving.Fields;
import io.firesteel.server.serving.PromptTokens;
import io.firesteel.server.serving.ServedModel;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/messages/count_tokens}. */
public final class CountTokens implements Endpoint {
  private final ServedModel served;

  /** Counts with a model's tokenizer and template. */
  public CountTokens(ServedModel served) {
    this.served = served;
  }

  @Override
  public void answer(Exchange exchange) {
    MessagesJob job = MessagesJob.readCountable(Fields.of(exchange.json()), served);
    int[] tokens =
        Failures.translated(() -> PromptTokens.of(served.model(), job.messages(), job.options()));
    ObjectNode body = Json.object();
    body.put("input_tokens", tokens.length);
    exchange.answer(body);
  }
}
