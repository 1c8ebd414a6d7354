package io.firesteel.server.http;

import java.io.PrintStream;
import tools.jackson.databind.node.ObjectNode;

/** Writes a line of JSON for each request. Of what was asked and answered it holds only sizes. */
public final class AccessLog implements ExchangeListener {
  private static final double NANOS_PER_MILLI = 1e6;

  private final PrintStream out;

  /** A log that goes to a stream, which stays open. */
  public AccessLog(PrintStream out) {
    this.out = out;
  }

  @Override
  public void finished(ExchangeRecord exchange) {
    ObjectNode line = Json.object();
    line.put("time", exchange.start().toString());
    line.put("id", exchange.id());
    line.put("remote", exchange.remote());
    line.put("method", exchange.method());
    line.put("route", exchange.route());
    line.put("status", exchange.status());
    line.put("bytes", exchange.bytes());
    line.put("ms", millis(exchange.time().toNanos()));
    exchange.answer().ifPresent(answer -> put(line, answer));
    exchange.problem().ifPresent(problem -> line.put("problem", problem));
    exchange.body().ifPresent(body -> line.put("body", body));
    synchronized (out) {
      out.println(Json.text(line));
      out.flush();
    }
  }

  private static void put(ObjectNode line, AnswerFacts answer) {
    line.put("prompt_tokens", answer.promptTokens());
    line.put("cached_tokens", answer.cachedTokens());
    line.put("answer_tokens", answer.answerTokens());
    answer.firstToken().ifPresent(time -> line.put("first_token_ms", millis(time.toNanos())));
    answer.betweenTokens().ifPresent(time -> line.put("token_ms", millis(time.toNanos())));
    line.put("finish", answer.finish());
  }

  private static double millis(long nanos) {
    return Math.round(nanos / NANOS_PER_MILLI * 100) / 100.0;
  }
}
