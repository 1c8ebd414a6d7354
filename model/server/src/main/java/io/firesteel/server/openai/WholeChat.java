package io.firesteel.server.openai;

import io.firesteel.model.AnswerEvent;
import io.firesteel.model.FinishReason;
import io.firesteel.model.Piece;
import io.firesteel.model.template.ToolCall;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.AnswerPump;
import io.firesteel.server.serving.Endings;
import io.firesteel.server.serving.FactsCollector;
import io.firesteel.server.serving.Failures;
import io.firesteel.server.serving.ServedModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Chat answers as one object. */
final class WholeChat implements ChatOutput {
  private final Exchange exchange;
  private final ServedModel served;
  private final ChatJob job;
  private final FactsCollector facts = new FactsCollector();
  private final List<Choice> choices;

  /** What has come of one answer. */
  private static final class Choice {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thoughts = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();
    private FinishReason reason;
  }

  WholeChat(Exchange exchange, ServedModel served, ChatJob job) {
    this.exchange = exchange;
    this.served = served;
    this.job = job;
    choices = IntStream.range(0, job.choices()).mapToObj(i -> new Choice()).toList();
  }

  @Override
  public void write(AnswerPump pump) {
    Failures.translated(
        () -> {
          pump.forEach(exchange, () -> {}, this::accept);
          return null;
        });
    ObjectNode body = Json.object();
    body.put("id", Ids.random("chatcmpl-"));
    body.put("object", "chat.completion");
    body.put("created", Instant.now().getEpochSecond());
    body.put("model", served.id());
    ArrayNode list = body.putArray("choices");
    for (int i = 0; i < choices.size(); i++) {
      list.add(json(i, choices.get(i)));
    }
    body.set("usage", UsageJson.completions(facts, job.choices()));
    Choice first = choices.getFirst();
    exchange.record(facts.facts(job.choices(), Finish.word(first.reason, !first.calls.isEmpty())));
    exchange.answer(body);
  }

  private void accept(AnswerPump.ChoiceEvent event) {
    facts.accept(event);
    Choice choice = choices.get(event.choice());
    switch (event.event()) {
      case AnswerEvent.Text text -> {
        choice.text.append(text.text());
        choice.pieces.addAll(text.pieces());
      }
      case AnswerEvent.Thinking thinking -> {
        choice.thoughts.append(thinking.text());
        choice.pieces.addAll(thinking.pieces());
      }
      case AnswerEvent.Call call -> choice.calls.add(call.call());
      case AnswerEvent.Malformed malformed -> choice.text.append(malformed.text());
      case AnswerEvent.End end -> {
        Endings.check(end, served);
        choice.reason = end.reason();
      }
    }
  }

  private ObjectNode json(int index, Choice choice) {
    ObjectNode node = Json.object();
    node.put("index", index);
    ObjectNode message = node.putObject("message");
    message.put("role", "assistant");
    boolean onlyCalls = choice.text.isEmpty() && !choice.calls.isEmpty();
    message.put("content", onlyCalls ? null : choice.text.toString());
    message.putNull("refusal");
    if (!choice.thoughts.isEmpty()) {
      message.put("reasoning_content", choice.thoughts.toString());
    }
    if (!choice.calls.isEmpty()) {
      ArrayNode calls = message.putArray("tool_calls");
      choice.calls.forEach(call -> calls.add(ChatStream.call(call)));
    }
    if (job.logProbabilities()) {
      node.putObject("logprobs")
          .set("content", new TokenProbabilities(served.model().tokenizer()).chat(choice.pieces));
    } else {
      node.putNull("logprobs");
    }
    node.put("finish_reason", Finish.word(choice.reason, !choice.calls.isEmpty()));
    return node;
  }
}
