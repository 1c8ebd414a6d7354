package io.firesteel.server.openai;

import io.firesteel.model.Answers;
import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.serving.AnswerPump;
import io.firesteel.server.serving.Failures;
import io.firesteel.server.serving.Fields;
import io.firesteel.server.serving.ServedModel;
import java.util.List;

/** {@code POST /v1/chat/completions}. */
public final class ChatCompletions implements Endpoint {
  private final ServedModel served;

  /** Answers with a model. */
  public ChatCompletions(ServedModel served) {
    this.served = served;
  }

  @Override
  public void answer(Exchange exchange) {
    ChatJob job = ChatJob.read(Fields.of(exchange.json()), served);
    Answers answers = Failures.translated(() -> served.model().answer(job.request()));
    ChatOutput output =
        job.stream() ? new ChatStream(exchange, served, job) : new WholeChat(exchange, served, job);
    try (AnswerPump pump = AnswerPump.start(served, List.of(answers))) {
      output.write(pump);
    }
  }
}
