package io.firesteel.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import tools.jackson.databind.JsonNode;

/** One request and its answer. Belongs to the thread that answers it. */
public final class Exchange {
  private static final String JSON_TYPE = "application/json";
  private static final int PART_BYTES = 16 << 10;
  // How much of a refused body is read to its end, so that the refusal reaches a client that is
  // still sending and its connection stays usable.
  private static final int DISCARDED_BODIES = 4;

  private final Request request;
  private final Response response;
  private final HttpLimits limits;
  private final ClientConnection connection;
  private final String id = "req_" + UUID.randomUUID().toString().replace("-", "");
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();
  private final String rest;
  private byte[] body;
  private boolean bodyEnded;
  private AnswerFacts answer;
  private String problem;

  Exchange(Request request, Response response, HttpLimits limits, String rest) {
    this.request = request;
    this.response = response;
    this.limits = limits;
    this.rest = rest;
    this.connection = new ClientConnection(request, response, limits.writeTimeout());
    this.bodyEnded = !hasBody(request);
    response.getHeaders().put("x-request-id", id);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put("x-content-type-options", "nosniff");
  }

  /** What stands in place of the star of a route's path; undecoded. */
  public String rest() {
    return rest;
  }

  /** A header of the request. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** Sets a header of the answer. */
  public void setHeader(String name, String value) {
    response.getHeaders().put(name, value);
  }

  /**
   * The body, read whole.
   *
   * @throws HttpError if it is too large, comes too slowly, is not said to be JSON or is not JSON
   */
  public JsonNode json() {
    String type = header("content-type").orElse("").split(";")[0].strip();
    if (!type.equalsIgnoreCase(JSON_TYPE)) {
      throw HttpError.of(
          HttpError.Kind.MEDIA_TYPE,
          "content-type is '" + type + "', expected '" + JSON_TYPE + "'");
    }
    return Json.read(body());
  }

  private static boolean hasBody(Request request) {
    return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
  }

  private byte[] body() {
    int most = limits.bodyBytes();
    try (InputStream in = Request.asInputStream(request)) {
      if (request.getLength() > most) {
        discard(in, request.getLength());
        throw tooLarge(most);
      }
      body = read(in, most);
      return body;
    } catch (IOException e) {
      throw tooSlow().because(e);
    }
  }

  private byte[] read(InputStream in, int most) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] part = new byte[PART_BYTES];
    for (int count = in.read(part); count >= 0; count = in.read(part)) {
      bytes.write(part, 0, count);
      if (bytes.size() > most) {
        discard(in, bytes.size());
        throw tooLarge(most);
      }
      requireTime();
    }
    bodyEnded = true;
    return bytes.toByteArray();
  }

  /** Reads on to the end of a body that is refused, if the end is near and the client sends on. */
  private void discard(InputStream in, long size) throws IOException {
    long most = (long) DISCARDED_BODIES * limits.bodyBytes();
    if (size > most || request.getHeaders().contains(HttpHeader.EXPECT)) {
      return;
    }
    byte[] part = new byte[PART_BYTES];
    long discarded = 0;
    int count = in.read(part);
    while (count >= 0 && discarded <= most) {
      discarded += count;
      requireTime();
      count = in.read(part);
    }
    bodyEnded = count < 0;
  }

  private void requireTime() {
    if (System.nanoTime() - startNanos > limits.readTimeout().toNanos()) {
      throw tooSlow();
    }
  }

  private HttpError tooSlow() {
    return HttpError.of(
        HttpError.Kind.REQUEST_TIMEOUT,
        "the body broke off or did not arrive within "
            + limits.readTimeout().toSeconds()
            + " seconds");
  }

  private static HttpError tooLarge(int most) {
    return HttpError.of(
        HttpError.Kind.TOO_LARGE, "the body has more than the %,d bytes allowed".formatted(most));
  }

  /** Answers with JSON. */
  public void answer(JsonNode json) {
    answer(200, JSON_TYPE, Json.write(json));
  }

  /** Answers with a body. */
  public void answer(int status, String contentType, byte[] bytes) {
    begin(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
    connection.write(true, ByteBuffer.wrap(bytes));
  }

  /** A client must not use a connection again on which the rest of its body is still to come. */
  private void begin(int status) {
    response.setStatus(status);
    if (!bodyEnded) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
  }

  /** Begins an answer of server-sent events. */
  public EventStream events() {
    begin(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    response.getHeaders().put("x-accel-buffering", "no");
    return new EventStream(connection);
  }

  /** Whether the answer has begun, so that its status can no longer be changed. */
  public boolean begun() {
    return response.isCommitted();
  }

  /** Whether the client has gone away. Only after the body has been read. */
  public boolean clientGone() {
    return connection.gone();
  }

  /**
   * Goes on only if the client is still there.
   *
   * @throws ClientGoneException if not
   */
  public void requireClient() {
    if (clientGone()) {
      throw new ClientGoneException("the client closed its connection");
    }
  }

  /** States what the model did, for the record. */
  public void record(AnswerFacts facts) {
    answer = facts;
  }

  /** States why it failed, for the record. */
  public void recordProblem(String text) {
    problem = text;
  }

  ClientConnection connection() {
    return connection;
  }

  ExchangeRecord toRecord(String route, int status, boolean withBody) {
    return new ExchangeRecord(
        id,
        start,
        Request.getRemoteAddr(request),
        request.getMethod(),
        route,
        status,
        connection.written(),
        Duration.ofNanos(System.nanoTime() - startNanos),
        Optional.ofNullable(answer),
        Optional.ofNullable(problem),
        withBody && body != null
            ? Optional.of(new String(body, StandardCharsets.UTF_8))
            : Optional.empty());
  }
}
