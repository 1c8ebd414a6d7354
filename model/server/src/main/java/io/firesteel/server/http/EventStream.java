package io.firesteel.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** Server-sent events. Each is on its way to the client when its method returns. */
public final class EventStream {
  private final ClientConnection connection;

  EventStream(ClientConnection connection) {
    this.connection = connection;
  }

  /** Sends an event without a name. */
  public void send(JsonNode data) {
    write("data: " + Json.text(data) + "\n\n");
  }

  /** Sends an event with a name. */
  public void send(String name, JsonNode data) {
    write("event: " + name + "\ndata: " + Json.text(data) + "\n\n");
  }

  /** Sends an event that is no JSON, such as {@code [DONE]}. */
  public void sendWord(String word) {
    write("data: " + word + "\n\n");
  }

  /** Sends what clients ignore, to keep the connection from looking idle. */
  public void keepAlive() {
    write(": still at it\n\n");
  }

  /** Ends the stream. */
  public void end() {
    connection.write(true, ByteBuffer.allocate(0));
  }

  private void write(String text) {
    connection.write(false, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}
