package io.firesteel.server;

import io.firesteel.server.http.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks one question after the other on a connection each, streaming, and takes the times. It reads
 * HTTP itself, so that the client costs little beside the server.
 */
final class LoadClient {
  private static final int MOST_TOKENS = 48;

  private final URI server;
  private final String model;

  LoadClient(URI server, String model) {
    this.server = server;
    this.model = model;
  }

  /** An answer, the nanoseconds to its first piece and those between its pieces. */
  record Timed(String text, int tokens, long first, List<Long> gaps) {}

  Timed ask(String question) throws IOException {
    ObjectNode body = Json.object();
    body.put("model", model);
    body.put("temperature", 0);
    body.put("seed", 1);
    body.put("max_tokens", MOST_TOKENS);
    body.put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    ObjectNode message = body.putArray("messages").addObject();
    message.put("role", "user");
    message.put("content", question);
    byte[] bytes = Json.write(body);
    long start = System.nanoTime();
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(120_000);
      OutputStream out = socket.getOutputStream();
      String head =
          "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + "Content-Type: application/json\r\nContent-Length: "
              + bytes.length
              + "\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(bytes);
      out.flush();
      return read(
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)),
          start);
    }
  }

  private static Timed read(BufferedReader in, long start) throws IOException {
    String status = in.readLine();
    if (status == null || !status.contains(" 200 ")) {
      throw new IOException("refused: " + status);
    }
    StringBuilder text = new StringBuilder();
    List<Long> gaps = new ArrayList<>();
    long first = 0;
    long latest = 0;
    int tokens = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("data: [DONE]")) {
        return new Timed(text.toString(), tokens, first, gaps);
      }
      if (!line.startsWith("data: ")) {
        continue;
      }
      JsonNode event =
          Json.read(line.substring("data: ".length()).getBytes(StandardCharsets.UTF_8));
      if (event.has("error")) {
        throw new IOException("failed: " + line);
      }
      tokens = Math.max(tokens, event.at("/usage/completion_tokens").asInt(0));
      String piece = event.at("/choices/0/delta/content").asString("");
      if (!piece.isEmpty()) {
        long now = System.nanoTime();
        if (first == 0) {
          first = now - start;
        } else {
          gaps.add(now - latest);
        }
        latest = now;
        text.append(piece);
      }
    }
    throw new IOException("the stream broke off after: " + text);
  }
}
