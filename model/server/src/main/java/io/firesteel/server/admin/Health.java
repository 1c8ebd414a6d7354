package io.firesteel.server.admin;

import io.firesteel.model.ModelLoad;
import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.ServedModel;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code GET /health}: whether the server takes requests and how much it has to do, for load
 * balancers. Status 503 once it is stopping.
 */
public final class Health implements Endpoint {
  private final ServedModel served;
  private final BooleanSupplier stopping;

  /** Tells of a model, and whether the server is stopping. */
  public Health(ServedModel served, BooleanSupplier stopping) {
    this.served = served;
    this.stopping = stopping;
  }

  @Override
  public void answer(Exchange exchange) {
    ModelLoad load = served.model().load();
    boolean ends = stopping.getAsBoolean();
    ObjectNode body = Json.object();
    body.put("status", ends ? "stopping" : "ok");
    body.put("model", served.id());
    body.put("engine", served.model().engine());
    ObjectNode node = body.putObject("load");
    node.put("running", load.running());
    node.put("waiting", load.waiting());
    node.put("free_pages", load.freePages());
    node.put("pages", load.pages());
    exchange.answer(ends ? 503 : 200, "application/json", Json.write(body));
  }
}
