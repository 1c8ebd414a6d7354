package io.firesteel.server;

import io.firesteel.server.http.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A headless Chromium with one page, steered by its DevTools protocol. */
final class Browser implements AutoCloseable {
  private static final List<String> PLACES =
      List.of(
          "/usr/bin/chromium",
          "/usr/bin/chromium-browser",
          "/usr/bin/google-chrome",
          "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
  private static final String ANNOUNCEMENT = "DevTools listening on ";

  private final Process process;
  private final Path profile;
  private final HttpClient client;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private String session;

  private Browser(Process process, Path profile, URI address) {
    this.process = process;
    this.profile = profile;
    this.client = HttpClient.newHttpClient();
    this.socket = client.newWebSocketBuilder().buildAsync(address, new Listener()).join();
  }

  /** Where a browser is installed; empty if it is nowhere. */
  static Optional<Path> find() {
    return PLACES.stream().map(Path::of).filter(Files::isExecutable).findFirst();
  }

  static Browser start(Path program) throws IOException {
    Path profile = Files.createTempDirectory("browser");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    Browser browser = new Browser(process, profile, announced(process));
    JsonNode target = browser.call("Target.createTarget", Json.object().put("url", "about:blank"));
    ObjectNode attach = Json.object();
    attach.set("targetId", target.get("targetId"));
    attach.put("flatten", true);
    browser.session = browser.call("Target.attachToTarget", attach).get("sessionId").stringValue();
    browser.call("Page.enable", Json.object());
    return browser;
  }

  private static URI announced(Process process) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(ANNOUNCEMENT)) {
        Thread.ofVirtual().start(() -> out.lines().forEach(ignored -> {}));
        return URI.create(line.substring(ANNOUNCEMENT.length()));
      }
    }
    throw new IOException("the browser ended without a word");
  }

  /** Puts messages, which come in parts, together and hands answers to those who wait. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        JsonNode json = Json.read(message.toString().getBytes(StandardCharsets.UTF_8));
        message.setLength(0);
        if (json.has("id")) {
          waiting.remove(json.get("id").intValue()).complete(json);
        }
      }
      from.request(1);
      return null;
    }
  }

  private JsonNode call(String method, ObjectNode parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    ObjectNode message = Json.object();
    message.put("id", id);
    message.put("method", method);
    message.set("params", parameters);
    if (session != null) {
      message.put("sessionId", session);
    }
    socket.sendText(Json.text(message), true).join();
    JsonNode json = answer.orTimeout(60, TimeUnit.SECONDS).join();
    if (json.has("error")) {
      throw new IllegalStateException(method + ": " + json.get("error"));
    }
    return json.get("result");
  }

  void screen(int width, int height, boolean phone) {
    ObjectNode metrics = Json.object();
    metrics.put("width", width);
    metrics.put("height", height);
    metrics.put("deviceScaleFactor", phone ? 2 : 1);
    metrics.put("mobile", phone);
    call("Emulation.setDeviceMetricsOverride", metrics);
  }

  void colours(String scheme) {
    ObjectNode media = Json.object();
    ObjectNode feature = media.putArray("features").addObject();
    feature.put("name", "prefers-color-scheme");
    feature.put("value", scheme);
    call("Emulation.setEmulatedMedia", media);
  }

  void open(URI uri) {
    call("Page.navigate", Json.object().put("url", uri.toString()));
    waitFor("document.readyState === 'complete'");
  }

  /** The value of an expression, awaited where it is a promise. */
  JsonNode evaluate(String expression) {
    ObjectNode parameters = Json.object();
    parameters.put("expression", expression);
    parameters.put("awaitPromise", true);
    parameters.put("returnByValue", true);
    JsonNode result = call("Runtime.evaluate", parameters);
    if (result.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + result.get("exceptionDetails"));
    }
    return result.at("/result/value");
  }

  String text(String selector) {
    return evaluate("document.querySelector('" + selector + "')?.innerText ?? ''").asString("");
  }

  void waitFor(String condition) {
    JsonNode met =
        evaluate(
            "new Promise(done => { let left = 600; const look = () => { if ("
                + condition
                + ") done(true); else if (left-- > 0) setTimeout(look, 50); else done(false); };"
                + " look(); })");
    if (!met.asBoolean(false)) {
      throw new IllegalStateException(
          "did not come true: " + condition + "; the page: " + text("body"));
    }
  }

  void screenshot(Path file) throws IOException {
    JsonNode image = call("Page.captureScreenshot", Json.object().put("format", "png"));
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode(image.get("data").stringValue()));
  }

  @Override
  public void close() throws IOException {
    socket.abort();
    client.shutdownNow();
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        process.waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // The browser's helpers may still write while they end.
    }
  }
}
