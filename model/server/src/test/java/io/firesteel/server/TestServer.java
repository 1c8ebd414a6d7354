package io.firesteel.server;

import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.server.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** The embedded model behind a server on a free port, and a client of it. */
final class TestServer implements AutoCloseable {
  private static final int CACHE_TOKENS = 16_384;

  private final Model model;
  private final ModelServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TestServer(Model model, ModelServer server) {
    this.model = model;
    this.server = server;
  }

  static TestServer start() {
    return start(UnaryOperator.identity());
  }

  static TestServer start(UnaryOperator<ServerOptions> change) {
    return start(ModelOptions.builder().cacheTokens(CACHE_TOKENS), change);
  }

  static TestServer start(ModelOptions.Builder modelOptions, UnaryOperator<ServerOptions> change) {
    try {
      Model model = Model.embedded(modelOptions.engine("cpu").threads(1).build());
      ServerOptions options =
          ServerOptions.DEFAULT.withAddress(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return new TestServer(model, ModelServer.start(model, change.apply(options)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Model model() {
    return model;
  }

  ModelServer server() {
    return server;
  }

  String id() {
    return server.modelId();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  /** An answer. */
  record Reply(int status, String body, HttpResponse<String> response) {
    JsonNode json() {
      return Json.read(body.getBytes(StandardCharsets.UTF_8));
    }

    /** The data of all events. */
    List<String> events() {
      List<String> events = new ArrayList<>();
      for (String line : body.split("\n", -1)) {
        if (line.startsWith("data: ")) {
          events.add(line.substring("data: ".length()));
        }
      }
      return events;
    }

    /** The data of all events that are JSON. */
    List<JsonNode> jsonEvents() {
      return events().stream()
          .filter(event -> event.startsWith("{"))
          .map(event -> Json.read(event.getBytes(StandardCharsets.UTF_8)))
          .toList();
    }
  }

  Reply post(String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofMinutes(2))
            .POST(BodyPublishers.ofString(body));
    if (headers.length == 0) {
      request.header("content-type", "application/json");
    } else {
      request.headers(headers);
    }
    return send(request.build());
  }

  Reply get(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).GET();
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  Reply send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.body(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A bare connection on which a POST has been sent. */
  Socket open(String path, String body) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(path, bytes.length);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return socket;
  }

  /** Sends bytes as they are and returns the status line of what comes back; empty for nothing. */
  String raw(byte[] bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b >= 0 && b != '\r'; b = in.read()) {
        line.append((char) b);
      }
      return line.toString();
    }
  }

  /** Waits until the model computes nothing and holds no more than its cached prefixes. */
  boolean becomesIdle() throws InterruptedException {
    for (int i = 0; i < 400; i++) {
      if (model.load().running() == 0 && model.load().waiting() == 0) {
        return true;
      }
      Thread.sleep(25);
    }
    return false;
  }

  @Override
  public void close() {
    server.close();
    model.close();
    client.close();
  }
}
