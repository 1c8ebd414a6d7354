package io.firesteel.server.openai;

import io.firesteel.model.AnswerEvent;
import io.firesteel.model.Answers;
import io.firesteel.model.FinishReason;
import io.firesteel.model.Piece;
import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.EventStream;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.AnswerPump;
import io.firesteel.server.serving.Endings;
import io.firesteel.server.serving.FactsCollector;
import io.firesteel.server.serving.Failures;
import io.firesteel.server.serving.Fields;
import io.firesteel.server.serving.ServedModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/completions}. */
public final class TextCompletions implements Endpoint {
  private final ServedModel served;

  /** Answers with a model. */
  public TextCompletions(ServedModel served) {
    this.served = served;
  }

  @Override
  public void answer(Exchange exchange) {
    TextJob job = TextJob.read(Fields.of(exchange.json()), served);
    List<Answers> answers = new ArrayList<>();
    try {
      for (TextJob.Prompt prompt : job.prompts()) {
        answers.add(Failures.translated(() -> served.model().answer(job.request(prompt))));
      }
    } catch (RuntimeException e) {
      answers.forEach(Answers::close);
      throw e;
    }
    try (AnswerPump pump = AnswerPump.start(served, answers)) {
      new Output(exchange, job).write(pump);
    }
  }

  /** One continuation. */
  private static final class Choice {
    private final StringBuilder text = new StringBuilder();
    private final List<Piece> pieces = new ArrayList<>();
    private final int[] offset = new int[1];
    private FinishReason reason;
  }

  /** Writes the continuations, whole or in pieces. */
  private final class Output {
    private final Exchange exchange;
    private final TextJob job;
    private final String id = Ids.random("cmpl-");
    private final long created = Instant.now().getEpochSecond();
    private final FactsCollector facts = new FactsCollector();
    private final TokenProbabilities probabilities =
        new TokenProbabilities(served.model().tokenizer());
    private final List<Choice> choices;
    private EventStream events;

    Output(Exchange exchange, TextJob job) {
      this.exchange = exchange;
      this.job = job;
      int count = job.prompts().size() * job.choices();
      choices = IntStream.range(0, count).mapToObj(i -> new Choice()).toList();
    }

    void write(AnswerPump pump) {
      try {
        Failures.translated(
            () -> {
              pump.forEach(exchange, this::keepAlive, this::accept);
              return null;
            });
        String finish = Finish.word(choices.getFirst().reason, false);
        exchange.record(facts.facts(job.choices(), finish));
        if (job.stream()) {
          end();
        } else {
          exchange.answer(whole());
        }
      } catch (HttpError e) {
        fail(e);
      }
    }

    private void fail(HttpError error) {
      if (events == null) {
        throw error;
      }
      exchange.recordProblem(error.getMessage());
      ObjectNode body = Json.object();
      body.set("error", OpenAiErrors.of(error));
      events.send(body);
      events.end();
    }

    private void end() {
      if (job.includeUsage()) {
        ObjectNode last = body();
        last.putArray("choices");
        last.set("usage", UsageJson.completions(facts, job.choices()));
        events().send(last);
      }
      events().sendWord("[DONE]");
      events().end();
    }

    private void keepAlive() {
      if (job.stream()) {
        events().keepAlive();
      }
    }

    private EventStream events() {
      if (events == null) {
        events = exchange.events();
        for (int i = 0; job.echo() && i < choices.size(); i++) {
          send(i, prompt(i), List.of(), null);
        }
      }
      return events;
    }

    private String prompt(int choice) {
      return switch (job.prompts().get(choice / job.choices())) {
        case TextJob.Prompt.Text text -> text.text();
        case TextJob.Prompt.Tokens tokens ->
            served.model().tokenizer().decode(tokens.ids(), false, true);
      };
    }

    private void accept(AnswerPump.ChoiceEvent event) {
      facts.accept(event);
      switch (event.event()) {
        case AnswerEvent.Text text -> add(event.choice(), text.text(), text.pieces());
        case AnswerEvent.Thinking thought -> add(event.choice(), thought.text(), thought.pieces());
        case AnswerEvent.Malformed malformed -> add(event.choice(), malformed.text(), List.of());
        case AnswerEvent.Call call -> add(event.choice(), call.call().argumentsJson(), List.of());
        case AnswerEvent.End end -> {
          Endings.check(end, served);
          choices.get(event.choice()).reason = end.reason();
          if (job.stream()) {
            events();
            send(event.choice(), "", List.of(), Finish.word(end.reason(), false));
          }
        }
      }
    }

    private void add(int choice, String text, List<Piece> pieces) {
      if (job.stream()) {
        events();
        send(choice, text, pieces, null);
      } else {
        choices.get(choice).text.append(text);
        choices.get(choice).pieces.addAll(pieces);
      }
    }

    private void send(int choice, String text, List<Piece> pieces, String finish) {
      ObjectNode chunk = body();
      chunk.putArray("choices").add(choice(choice, text, pieces, finish));
      events.send(chunk);
    }

    private ObjectNode whole() {
      ObjectNode body = body();
      ArrayNode list = body.putArray("choices");
      for (int i = 0; i < choices.size(); i++) {
        Choice choice = choices.get(i);
        String text = job.echo() ? prompt(i) + choice.text : choice.text.toString();
        list.add(choice(i, text, choice.pieces, Finish.word(choice.reason, false)));
      }
      body.set("usage", UsageJson.completions(facts, job.choices()));
      return body;
    }

    private ObjectNode choice(int index, String text, List<Piece> pieces, String finish) {
      ObjectNode node = Json.object();
      node.put("index", index);
      node.put("text", text);
      if (job.topLogProbabilities() >= 0) {
        node.set("logprobs", probabilities.text(pieces, choices.get(index).offset));
      } else {
        node.putNull("logprobs");
      }
      node.put("finish_reason", finish);
      return node;
    }

    private ObjectNode body() {
      ObjectNode body = Json.object();
      body.put("id", id);
      body.put("object", "text_completion");
      body.put("created", created);
      body.put("model", served.id());
      return body;
    }
  }
}
