package io.firesteel.server.openai;

import io.firesteel.model.AnswerEvent;
import io.firesteel.model.Answers;
import io.firesteel.model.FinishReason;
import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.serving.AnswerPump;
import io.firesteel.server.serving.Endings;
import io.firesteel.server.serving.FactsCollector;
import io.firesteel.server.serving.Failures;
import io.firesteel.server.serving.Fields;
import io.firesteel.server.serving.ServedModel;
import java.util.List;

/** {@code POST /v1/responses}. */
public final class Responses implements Endpoint {
  private final ServedModel served;

  /** Answers with a model. */
  public Responses(ServedModel served) {
    this.served = served;
  }

  @Override
  public void answer(Exchange exchange) {
    ResponsesJob job = ResponsesJob.read(Fields.of(exchange.json()), served);
    Answers answers = Failures.translated(() -> served.model().answer(job.request()));
    try (AnswerPump pump = AnswerPump.start(served, List.of(answers))) {
      write(exchange, job, pump);
    }
  }

  private void write(Exchange exchange, ResponsesJob job, AnswerPump pump) {
    ResponsesOutput output = new ResponsesOutput(exchange, served, job);
    FactsCollector facts = new FactsCollector();
    try {
      Failures.translated(
          () -> {
            pump.forEach(
                exchange,
                output::keepAlive,
                event -> {
                  facts.accept(event);
                  accept(output, event.event());
                });
            return null;
          });
      exchange.record(facts.facts(1, output.status()));
      output.finish(UsageJson.responses(facts));
    } catch (HttpError e) {
      if (!exchange.begun()) {
        throw e;
      }
      exchange.recordProblem(e.getMessage());
      output.fail(e);
    }
  }

  private void accept(ResponsesOutput output, AnswerEvent event) {
    switch (event) {
      case AnswerEvent.Text text -> output.text(text.text());
      case AnswerEvent.Malformed malformed -> output.text(malformed.text());
      case AnswerEvent.Thinking thinking -> output.thought(thinking.text());
      case AnswerEvent.Call call -> output.call(call.call());
      case AnswerEvent.End end -> {
        Endings.check(end, served);
        output.end(end.reason() == FinishReason.MAX_TOKENS || end.reason() == FinishReason.NO_ROOM);
      }
    }
  }
}
