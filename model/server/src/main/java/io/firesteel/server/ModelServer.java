package io.firesteel.server;

import io.firesteel.model.Model;
import io.firesteel.server.admin.Health;
import io.firesteel.server.admin.Page;
import io.firesteel.server.admin.ServerMetrics;
import io.firesteel.server.admin.Tokens;
import io.firesteel.server.anthropic.AnthropicErrors;
import io.firesteel.server.anthropic.CountTokens;
import io.firesteel.server.anthropic.Messages;
import io.firesteel.server.http.AccessLog;
import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.ErrorFormat;
import io.firesteel.server.http.ExchangeListener;
import io.firesteel.server.http.Guard;
import io.firesteel.server.http.HttpServer;
import io.firesteel.server.http.Route;
import io.firesteel.server.openai.ChatCompletions;
import io.firesteel.server.openai.EmbeddingVectors;
import io.firesteel.server.openai.Models;
import io.firesteel.server.openai.OpenAiErrors;
import io.firesteel.server.openai.Responses;
import io.firesteel.server.openai.TextCompletions;
import io.firesteel.server.serving.CutOff;
import io.firesteel.server.serving.ServedModel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Serves a model over HTTP.
 *
 * <pre>{@code
 * try (Model model = Model.embedded();
 *     ModelServer server = ModelServer.start(model, ServerOptions.DEFAULT)) {
 *   System.out.println("http://127.0.0.1:" + server.port());
 *   Thread.sleep(Duration.ofHours(1));
 * }
 * }</pre>
 *
 * <p>The model stays open when the server is closed.
 */
public final class ModelServer implements AutoCloseable {
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final ServerOptions options;
  private final ServedModel served;
  private final ServerMetrics metrics;
  private final Admission admission = new Admission();
  private HttpServer http;

  private ModelServer(ServerOptions options, ServedModel served) {
    this.options = options;
    this.served = served;
    this.metrics = new ServerMetrics(served.model());
  }

  /**
   * Begins to serve.
   *
   * @param model shared with whoever else uses it; stays open
   * @throws IOException if the address cannot be taken
   */
  public static ModelServer start(Model model, ServerOptions options) throws IOException {
    String id = options.modelId().orElseGet(() -> idOf(model.config().name()));
    ServedModel served = new ServedModel(model, id, Instant.now(), options.limits(), new CutOff());
    ModelServer server = new ModelServer(options, served);
    server.listen();
    return server;
  }

  private static String idOf(String name) {
    String id = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
    return id.isBlank() || id.equals("-") ? "model" : id;
  }

  private void listen() throws IOException {
    List<ExchangeListener> listeners = new ArrayList<>();
    listeners.add(metrics);
    options.accessLog().ifPresent(out -> listeners.add(new AccessLog(out)));
    Guard guard = options.apiKey().map(Guard::withKey).orElseGet(Guard::loopback);
    http =
        HttpServer.start(
            options.address(), routes(), guard, options.http(), options.logPrompts(), listeners);
  }

  private List<Route> routes() {
    ErrorFormat openAi = new OpenAiErrors();
    ErrorFormat anthropic = new AnthropicErrors();
    Models models = new Models(served);
    Tokens tokens = new Tokens(served);
    List<Route> routes = new ArrayList<>();
    routes.add(post("/v1/chat/completions", openAi, new ChatCompletions(served)));
    routes.add(post("/v1/completions", openAi, new TextCompletions(served)));
    routes.add(post("/v1/responses", openAi, new Responses(served)));
    routes.add(post("/v1/messages", anthropic, new Messages(served)));
    routes.add(post("/v1/messages/count_tokens", anthropic, new CountTokens(served)));
    routes.add(post("/v1/embeddings", openAi, new EmbeddingVectors(served)));
    routes.add(post("/tokenize", openAi, tokens.tokenize()));
    routes.add(post("/detokenize", openAi, tokens.detokenize()));
    routes.add(new Route("GET", "/v1/models", true, openAi, models.list()));
    routes.add(new Route("GET", "/v1/models/*", true, openAi, models.one()));
    routes.add(new Route("GET", "/metrics", true, openAi, metrics));
    routes.add(new Route("GET", "/health", false, openAi, new Health(served, admission::stopping)));
    routes.addAll(Page.routes(openAi));
    return routes;
  }

  private Route post(String path, ErrorFormat errors, Endpoint endpoint) {
    return new Route("POST", path, true, errors, admission.counted(endpoint));
  }

  /** The port that is listened on. */
  public int port() {
    return http.port();
  }

  /** The name by which clients ask for the model. */
  public String modelId() {
    return served.id();
  }

  /**
   * Stops in order: takes nothing new, lets answers under way end within the time that the options
   * give, and cuts off what is left.
   */
  @Override
  public void close() {
    admission.stop();
    http.stopListening();
    admission.awaitNone(options.shutdown());
    served.cutOff().now();
    admission.awaitNone(LAST_WORDS);
    http.close();
    admission.awaitNone(LAST_WORDS);
    metrics.close();
  }
}
