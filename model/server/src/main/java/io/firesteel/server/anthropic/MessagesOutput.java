package io.firesteel.server.anthropic;

import io.firesteel.model.FinishReason;
import io.firesteel.model.template.ToolCall;
import io.firesteel.server.http.EventStream;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.FactsCollector;
import io.firesteel.server.serving.ServedModel;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts a message together block by block, and tells a client that streams of each step. */
final class MessagesOutput {
  /** What the block under way is. */
  private enum Kind {
    NONE,
    TEXT,
    THINKING
  }

  private final Exchange exchange;
  private final ServedModel served;
  private final boolean stream;
  private final String id = "msg_" + UUID.randomUUID().toString().replace("-", "");
  private final ArrayNode blocks = Json.array();
  private final StringBuilder text = new StringBuilder();
  private EventStream events;
  private Kind kind = Kind.NONE;
  private boolean called;
  private String stopReason;

  MessagesOutput(Exchange exchange, ServedModel served, boolean stream) {
    this.exchange = exchange;
    this.served = served;
    this.stream = stream;
  }

  String stopReason() {
    return stopReason;
  }

  void keepAlive() {
    if (stream) {
      begin();
      emit("ping", Json.object());
    }
  }

  private void begin() {
    if (stream && events == null) {
      events = exchange.events();
      ObjectNode start = Json.object();
      start.set("message", message(usage(0, 0, 0)));
      emit("message_start", start);
    }
  }

  void text(String piece) {
    add(Kind.TEXT, "text", piece);
  }

  void thought(String piece) {
    add(Kind.THINKING, "thinking", piece);
  }

  private void add(Kind wanted, String field, String piece) {
    begin();
    if (kind != wanted) {
      closeBlock();
      kind = wanted;
      text.setLength(0);
      emitStart(block(""));
    }
    text.append(piece);
    ObjectNode delta = Json.object();
    delta.put("type", field + "_delta");
    delta.put(field, piece);
    emitDelta(delta);
  }

  private ObjectNode block(String whole) {
    ObjectNode block = Json.object();
    String field = kind == Kind.TEXT ? "text" : "thinking";
    block.put("type", field);
    block.put(field, whole);
    if (kind == Kind.THINKING) {
      block.put("signature", "");
    }
    return block;
  }

  private void closeBlock() {
    if (kind != Kind.NONE) {
      emitStop();
      blocks.add(block(text.toString()));
      kind = Kind.NONE;
    }
  }

  void call(ToolCall call) {
    begin();
    closeBlock();
    called = true;
    emitStart(call(call, Json.object()));
    ObjectNode delta = Json.object();
    delta.put("type", "input_json_delta");
    delta.put("partial_json", call.argumentsJson());
    emitDelta(delta);
    emitStop();
    blocks.add(call(call, (ObjectNode) Json.of(call.withArgumentsParsed().arguments())));
  }

  private static ObjectNode call(ToolCall call, ObjectNode input) {
    ObjectNode block = Json.object();
    block.put("type", "tool_use");
    block.put("id", call.id());
    block.put("name", call.name());
    block.set("input", input);
    return block;
  }

  void end(FinishReason reason) {
    stopReason =
        switch (reason) {
          case MAX_TOKENS, NO_ROOM -> "max_tokens";
          case STOP_STRING, STOP_TOKEN -> "stop_sequence";
          case END, CANCELLED, DEADLINE -> called ? "tool_use" : "end_turn";
        };
    begin();
    closeBlock();
  }

  void finish(FactsCollector facts) {
    ObjectNode usage = usage(facts.promptTokens(1), facts.cachedTokens(1), facts.answerTokens());
    if (!stream) {
      exchange.answer(message(usage));
      return;
    }
    ObjectNode end = Json.object();
    ObjectNode delta = end.putObject("delta");
    delta.put("stop_reason", stopReason);
    delta.putNull("stop_sequence");
    end.set("usage", usage);
    emit("message_delta", end);
    emit("message_stop", Json.object());
    events.end();
  }

  void fail(HttpError error) {
    events.send("error", new AnthropicErrors().body(error));
    events.end();
  }

  private ObjectNode message(ObjectNode usage) {
    ObjectNode message = Json.object();
    message.put("id", id);
    message.put("type", "message");
    message.put("role", "assistant");
    message.put("model", served.id());
    message.set("content", blocks.deepCopy());
    message.put("stop_reason", stopReason);
    message.putNull("stop_sequence");
    message.set("usage", usage);
    return message;
  }

  private static ObjectNode usage(int prompt, int cached, int answer) {
    ObjectNode usage = Json.object();
    usage.put("input_tokens", prompt - cached);
    usage.put("cache_read_input_tokens", cached);
    usage.put("cache_creation_input_tokens", 0);
    usage.put("output_tokens", answer);
    return usage;
  }

  private void emitStart(ObjectNode block) {
    ObjectNode event = indexed();
    event.set("content_block", block);
    emit("content_block_start", event);
  }

  private void emitDelta(ObjectNode delta) {
    ObjectNode event = indexed();
    event.set("delta", delta);
    emit("content_block_delta", event);
  }

  private void emitStop() {
    emit("content_block_stop", indexed());
  }

  private ObjectNode indexed() {
    ObjectNode event = Json.object();
    event.put("index", blocks.size());
    return event;
  }

  private void emit(String type, ObjectNode event) {
    if (events != null) {
      ObjectNode whole = Json.object();
      whole.put("type", type);
      whole.setAll(event);
      events.send(type, whole);
    }
  }
}
