package io.firesteel.server.openai;

import io.firesteel.model.AnswerEvent;
import io.firesteel.model.Piece;
import io.firesteel.model.template.ToolCall;
import io.firesteel.server.http.EventStream;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.AnswerPump;
import io.firesteel.server.serving.Endings;
import io.firesteel.server.serving.FactsCollector;
import io.firesteel.server.serving.Failures;
import io.firesteel.server.serving.ServedModel;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Chat answers piece by piece. */
final class ChatStream implements ChatOutput {
  private final Exchange exchange;
  private final ServedModel served;
  private final ChatJob job;
  private final TokenProbabilities probabilities;
  private final String id = Ids.random("chatcmpl-");
  private final long created = Instant.now().getEpochSecond();
  private final FactsCollector facts = new FactsCollector();
  private final int[] calls;
  private EventStream events;
  private String finish = "";

  ChatStream(Exchange exchange, ServedModel served, ChatJob job) {
    this.exchange = exchange;
    this.served = served;
    this.job = job;
    probabilities = new TokenProbabilities(served.model().tokenizer());
    calls = new int[job.choices()];
  }

  @Override
  public void write(AnswerPump pump) {
    try {
      Failures.translated(
          () -> {
            pump.forEach(exchange, () -> events().keepAlive(), this::accept);
            return null;
          });
      if (job.includeUsage()) {
        ObjectNode last = chunk();
        last.putArray("choices");
        last.set("usage", UsageJson.completions(facts, job.choices()));
        events().send(last);
      }
      exchange.record(facts.facts(job.choices(), finish));
      events().sendWord("[DONE]");
      events().end();
    } catch (HttpError e) {
      fail(e);
    }
  }

  // Nothing is sent before the first event, so that what fails at once has a status of its own.
  private EventStream events() {
    if (events == null) {
      events = exchange.events();
      for (int i = 0; i < job.choices(); i++) {
        ObjectNode delta = Json.object();
        delta.put("role", "assistant");
        delta.put("content", "");
        send(i, delta, List.of(), null);
      }
    }
    return events;
  }

  private void fail(HttpError error) {
    if (events == null) {
      throw error;
    }
    exchange.recordProblem(error.getMessage());
    exchange.record(facts.facts(job.choices(), "error"));
    ObjectNode body = Json.object();
    body.set("error", OpenAiErrors.of(error));
    events.send(body);
    events.end();
  }

  private void accept(AnswerPump.ChoiceEvent event) {
    facts.accept(event);
    events();
    int choice = event.choice();
    ObjectNode delta = Json.object();
    switch (event.event()) {
      case AnswerEvent.Text text -> {
        delta.put("content", text.text());
        send(choice, delta, text.pieces(), null);
      }
      case AnswerEvent.Thinking thinking -> {
        delta.put("reasoning_content", thinking.text());
        send(choice, delta, thinking.pieces(), null);
      }
      case AnswerEvent.Malformed malformed -> {
        delta.put("content", malformed.text());
        send(choice, delta, List.of(), null);
      }
      case AnswerEvent.Call call -> {
        ObjectNode node = call(call.call());
        node.put("index", calls[choice]++);
        delta.putArray("tool_calls").add(node);
        send(choice, delta, List.of(), null);
      }
      case AnswerEvent.End end -> {
        Endings.check(end, served);
        finish = Finish.word(end.reason(), calls[choice] > 0);
        send(choice, delta, List.of(), finish);
      }
    }
  }

  /** A call as clients see it. */
  static ObjectNode call(ToolCall call) {
    ObjectNode node = Json.object();
    node.put("id", call.id());
    node.put("type", "function");
    ObjectNode function = node.putObject("function");
    function.put("name", call.name());
    function.put("arguments", call.argumentsJson());
    return node;
  }

  private void send(int choice, ObjectNode delta, List<Piece> pieces, String finishReason) {
    ObjectNode chunk = chunk();
    ObjectNode node = chunk.putArray("choices").addObject();
    node.put("index", choice);
    node.set("delta", delta);
    if (job.logProbabilities() && !pieces.isEmpty()) {
      node.putObject("logprobs").set("content", probabilities.chat(pieces));
    } else {
      node.putNull("logprobs");
    }
    node.put("finish_reason", finishReason);
    events.send(chunk);
  }

  private ObjectNode chunk() {
    ObjectNode chunk = Json.object();
    chunk.put("id", id);
    chunk.put("object", "chat.completion.chunk");
    chunk.put("created", created);
    chunk.put("model", served.id());
    return chunk;
  }
}
