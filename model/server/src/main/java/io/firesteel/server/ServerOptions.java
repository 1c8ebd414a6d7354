package io.firesteel.server;

import io.firesteel.server.http.HttpLimits;
import io.firesteel.server.serving.ServedModel;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a model is served.
 *
 * @param address where to listen; port 0 for any that is free
 * @param apiKey what clients must show; empty only for addresses of this machine alone
 * @param modelId by which clients name the model; empty for the name in its file
 * @param http limits of connections and bodies
 * @param limits limits of each request
 * @param shutdown how long answers under way may take to end once the server stops
 * @param accessLog where a line for each request goes; stays open
 * @param logPrompts whether those lines hold what was asked
 */
public record ServerOptions(
    InetSocketAddress address,
    Optional<String> apiKey,
    Optional<String> modelId,
    HttpLimits http,
    ServedModel.Limits limits,
    Duration shutdown,
    Optional<PrintStream> accessLog,
    boolean logPrompts) {
  /** Port unless told otherwise. */
  public static final int USUAL_PORT = 8080;

  /** This machine alone, the usual port and limits, no log. */
  public static final ServerOptions DEFAULT =
      new ServerOptions(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), USUAL_PORT),
          Optional.empty(),
          Optional.empty(),
          HttpLimits.DEFAULT,
          ServedModel.Limits.DEFAULT,
          Duration.ofSeconds(20),
          Optional.empty(),
          false);

  /** Refuses an address that others can reach without an API key. */
  public ServerOptions {
    Objects.requireNonNull(http, "http");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(accessLog, "accessLog");
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          "'" + address.getHostString() + "' is no address of this machine");
    }
    if (apiKey.isEmpty() && !address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "others can reach "
              + address.getHostString()
              + ", which needs an API key; give one, or listen on 127.0.0.1");
    }
    if (apiKey.isPresent() && apiKey.get().isBlank()) {
      throw new IllegalArgumentException("the API key is empty, expected some characters");
    }
    if (shutdown.isNegative()) {
      throw new IllegalArgumentException("shutdown is " + shutdown + ", expected at least 0");
    }
  }

  /** The same options with another address. */
  public ServerOptions withAddress(InetSocketAddress other) {
    return new ServerOptions(other, apiKey, modelId, http, limits, shutdown, accessLog, logPrompts);
  }

  /** The same options with an API key. */
  public ServerOptions withApiKey(String key) {
    return new ServerOptions(
        address, Optional.of(key), modelId, http, limits, shutdown, accessLog, logPrompts);
  }

  /** The same options with a name for the model. */
  public ServerOptions withModelId(String id) {
    return new ServerOptions(
        address, apiKey, Optional.of(id), http, limits, shutdown, accessLog, logPrompts);
  }

  /** The same options with other limits of connections and bodies. */
  public ServerOptions withHttp(HttpLimits other) {
    return new ServerOptions(
        address, apiKey, modelId, other, limits, shutdown, accessLog, logPrompts);
  }

  /** The same options with other limits of each request. */
  public ServerOptions withLimits(ServedModel.Limits other) {
    return new ServerOptions(
        address, apiKey, modelId, http, other, shutdown, accessLog, logPrompts);
  }

  /** The same options with another time to end answers. */
  public ServerOptions withShutdown(Duration other) {
    return new ServerOptions(address, apiKey, modelId, http, limits, other, accessLog, logPrompts);
  }

  /** The same options with a log. */
  public ServerOptions withAccessLog(PrintStream log, boolean prompts) {
    return new ServerOptions(
        address, apiKey, modelId, http, limits, shutdown, Optional.of(log), prompts);
  }
}
