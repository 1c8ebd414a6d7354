package io.firesteel.server.admin;

import io.firesteel.model.Model;
import io.firesteel.server.http.AnswerFacts;
import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.ExchangeListener;
import io.firesteel.server.http.ExchangeRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** {@code GET /metrics}: counts and times in the text format of Prometheus. */
public final class ServerMetrics implements ExchangeListener, Endpoint, AutoCloseable {
  private static final Duration[] FIRST_TOKEN = millis(5, 10, 25, 50, 100, 250, 500, 1000, 5000);
  private static final Duration[] TOKEN = millis(1, 2, 5, 10, 20, 50, 100, 250, 1000);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Counter promptTokens;
  private final Counter cachedTokens;
  private final Counter answerTokens;
  private final Timer firstToken;
  private final Timer token;

  /** Counts what is done with a model. */
  public ServerMetrics(Model model) {
    promptTokens = counter("firesteel.prompt.tokens", "Tokens of prompts.");
    cachedTokens = counter("firesteel.prompt.tokens.cached", "Those that were computed before.");
    answerTokens = counter("firesteel.answer.tokens", "Tokens generated.");
    firstToken = timer("firesteel.first.token", "From a request to its first token.", FIRST_TOKEN);
    token = timer("firesteel.token", "From one token of an answer to the next.", TOKEN);
    gauge("firesteel.answers.running", "Answers being computed.", model, m -> m.load().running());
    gauge("firesteel.answers.waiting", "Answers that wait.", model, m -> m.load().waiting());
    gauge("firesteel.kv.pages", "Pages of the KV cache.", model, m -> m.load().pages());
    gauge("firesteel.kv.pages.free", "Pages free.", model, m -> m.load().freePages());
    gauge("firesteel.memory.bytes", "Memory of the engine.", model, Model::memoryBytes);
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  private static Duration[] millis(long... values) {
    return Arrays.stream(values).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private Timer timer(String name, String description, Duration... objectives) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(objectives)
        .register(registry);
  }

  private void gauge(String name, String description, Model model, ToDoubleFunction<Model> value) {
    Gauge.builder(name, model, value).description(description).register(registry);
  }

  @Override
  public void finished(ExchangeRecord exchange) {
    Timer.builder("firesteel.http.requests")
        .description("Requests and how long they took.")
        .tag("route", exchange.route())
        .tag("status", Integer.toString(exchange.status()))
        .register(registry)
        .record(exchange.time());
    exchange.answer().ifPresent(this::count);
  }

  private void count(AnswerFacts answer) {
    promptTokens.increment(answer.promptTokens());
    cachedTokens.increment(answer.cachedTokens());
    answerTokens.increment(answer.answerTokens());
    answer.firstToken().ifPresent(firstToken::record);
    answer.betweenTokens().ifPresent(token::record);
  }

  @Override
  public void answer(Exchange exchange) {
    exchange.answer(
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        registry.scrape().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
