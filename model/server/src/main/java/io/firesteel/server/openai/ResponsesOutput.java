package io.firesteel.server.openai;

import io.firesteel.model.template.ToolCall;
import io.firesteel.server.http.EventStream;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.ServedModel;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts an answer of the Responses protocol together item by item, and tells a client that streams
 * of each step.
 */
final class ResponsesOutput {
  private static final List<String> REPEATED =
      List.of(
          "instructions",
          "max_output_tokens",
          "metadata",
          "parallel_tool_calls",
          "reasoning",
          "temperature",
          "text",
          "tool_choice",
          "tools",
          "top_p");

  /** What the item under way is. */
  private enum Kind {
    NONE,
    MESSAGE,
    REASONING
  }

  private final Exchange exchange;
  private final ServedModel served;
  private final ResponsesJob job;
  private final String id = Ids.random("resp_");
  private final long created = Instant.now().getEpochSecond();
  private final ArrayNode output = Json.array();
  private final StringBuilder text = new StringBuilder();
  private EventStream events;
  private int sequence;
  private Kind kind = Kind.NONE;
  private String itemId;
  private String status = "in_progress";

  ResponsesOutput(Exchange exchange, ServedModel served, ResponsesJob job) {
    this.exchange = exchange;
    this.served = served;
    this.job = job;
  }

  String status() {
    return status;
  }

  void keepAlive() {
    if (job.stream()) {
      begin();
      events.keepAlive();
    }
  }

  private void begin() {
    if (job.stream() && events == null) {
      events = exchange.events();
      emit("response.created", event("response", response()));
      emit("response.in_progress", event("response", response()));
    }
  }

  void text(String piece) {
    add(Kind.MESSAGE, piece);
  }

  void thought(String piece) {
    add(Kind.REASONING, piece);
  }

  private void add(Kind wanted, String piece) {
    begin();
    if (kind != wanted) {
      closeItem("completed");
      openItem(wanted);
    }
    text.append(piece);
    ObjectNode delta = part();
    delta.put("delta", piece);
    emit(
        wanted == Kind.MESSAGE ? "response.output_text.delta" : "response.reasoning_text.delta",
        wanted == Kind.MESSAGE ? withLogProbabilities(delta) : delta);
  }

  private static ObjectNode withLogProbabilities(ObjectNode event) {
    event.putArray("logprobs");
    return event;
  }

  private void openItem(Kind wanted) {
    kind = wanted;
    itemId = Ids.random(wanted == Kind.MESSAGE ? "msg_" : "rs_");
    text.setLength(0);
    emit("response.output_item.added", item(wanted, "in_progress", false));
    ObjectNode added = part();
    added.set("part", content(""));
    emit("response.content_part.added", added);
  }

  private void closeItem(String itemStatus) {
    if (kind == Kind.NONE) {
      return;
    }
    ObjectNode done = part();
    done.put("text", text.toString());
    boolean message = kind == Kind.MESSAGE;
    emit(
        message ? "response.output_text.done" : "response.reasoning_text.done",
        message ? withLogProbabilities(done) : done);
    ObjectNode partDone = part();
    partDone.set("part", content(text.toString()));
    emit("response.content_part.done", partDone);
    ObjectNode item = item(kind, itemStatus, true);
    emit("response.output_item.done", item);
    output.add(item.get("item"));
    kind = Kind.NONE;
  }

  private ObjectNode part() {
    ObjectNode node = Json.object();
    node.put("item_id", itemId);
    node.put("output_index", output.size());
    node.put("content_index", 0);
    return node;
  }

  private ObjectNode content(String whole) {
    ObjectNode part = Json.object();
    if (kind == Kind.REASONING) {
      part.put("type", "reasoning_text");
      part.put("text", whole);
    } else {
      part.put("type", "output_text");
      part.put("text", whole);
      part.putArray("annotations");
      part.putArray("logprobs");
    }
    return part;
  }

  private ObjectNode item(Kind of, String itemStatus, boolean whole) {
    ObjectNode item = Json.object();
    item.put("id", itemId);
    item.put("type", of == Kind.MESSAGE ? "message" : "reasoning");
    item.put("status", itemStatus);
    ArrayNode content = item.putArray("content");
    if (whole) {
      content.add(content(text.toString()));
    }
    if (of == Kind.MESSAGE) {
      item.put("role", "assistant");
    } else {
      item.putArray("summary");
    }
    return itemEvent(item);
  }

  private ObjectNode itemEvent(ObjectNode item) {
    ObjectNode event = Json.object();
    event.put("output_index", output.size());
    event.set("item", item);
    return event;
  }

  void call(ToolCall call) {
    begin();
    closeItem("completed");
    itemId = Ids.random("fc_");
    emit("response.output_item.added", itemEvent(call(call, "in_progress", "")));
    ObjectNode delta = Json.object();
    delta.put("item_id", itemId);
    delta.put("output_index", output.size());
    ObjectNode done = delta.deepCopy();
    delta.put("delta", call.argumentsJson());
    emit("response.function_call_arguments.delta", delta);
    done.put("name", call.name());
    done.put("arguments", call.argumentsJson());
    emit("response.function_call_arguments.done", done);
    ObjectNode item = call(call, "completed", call.argumentsJson());
    emit("response.output_item.done", itemEvent(item));
    output.add(item);
  }

  private ObjectNode call(ToolCall call, String itemStatus, String arguments) {
    ObjectNode item = Json.object();
    item.put("id", itemId);
    item.put("type", "function_call");
    item.put("status", itemStatus);
    item.put("call_id", call.id());
    item.put("name", call.name());
    item.put("arguments", arguments);
    return item;
  }

  void end(boolean cutOff) {
    status = cutOff ? "incomplete" : "completed";
    begin();
    if (kind == Kind.NONE && output.isEmpty()) {
      openItem(Kind.MESSAGE);
    }
    closeItem(status);
  }

  void finish(ObjectNode usage) {
    ObjectNode response = response();
    response.set("usage", usage);
    if (job.stream()) {
      emit("response." + status, event("response", response));
      events.end();
    } else {
      exchange.answer(response);
    }
  }

  void fail(HttpError error) {
    status = "failed";
    ObjectNode response = response();
    ObjectNode node = response.putObject("error");
    node.put("code", error.code().orElse("server_error"));
    node.put("message", error.getMessage());
    emit("response.failed", event("response", response));
    events.end();
  }

  private ObjectNode response() {
    ObjectNode node = Json.object();
    node.put("id", id);
    node.put("object", "response");
    node.put("created_at", created);
    node.put("status", status);
    node.putNull("error");
    if (status.equals("incomplete")) {
      node.putObject("incomplete_details").put("reason", "max_output_tokens");
    } else {
      node.putNull("incomplete_details");
    }
    node.put("model", served.id());
    node.set("output", output.deepCopy());
    node.putNull("previous_response_id");
    node.put("store", false);
    JsonNode asked = job.fields().json();
    REPEATED.stream().filter(asked::has).forEach(name -> node.set(name, asked.get(name)));
    if (!node.has("tools")) {
      node.putArray("tools");
    }
    return node;
  }

  private static ObjectNode event(String name, JsonNode value) {
    ObjectNode event = Json.object();
    event.set(name, value);
    return event;
  }

  private void emit(String type, ObjectNode event) {
    if (events == null) {
      return;
    }
    ObjectNode whole = Json.object();
    whole.put("type", type);
    whole.put("sequence_number", sequence++);
    whole.setAll(event);
    events.send(type, whole);
  }
}
