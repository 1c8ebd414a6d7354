package io.firesteel.server.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Listens, and answers each request on a virtual thread of its own. */
public final class HttpServer implements AutoCloseable {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);
  private static final int HEADER_BYTES = 16 << 10;
  // What a client that does not read may have waiting for it.
  private static final int SEND_BUFFER_BYTES = 64 << 10;
  private static final int PLATFORM_THREADS = 16;

  private final Server server;
  private final ServerConnector connector;
  private final ExecutorService virtualThreads;

  private HttpServer(Server server, ServerConnector connector, ExecutorService virtualThreads) {
    this.server = server;
    this.connector = connector;
    this.virtualThreads = virtualThreads;
  }

  /**
   * Begins to listen.
   *
   * @param address where; port 0 for any that is free
   * @param routes the first one's error format also serves paths that have no route
   * @param recordBodies whether listeners get the requests' bodies
   * @throws IOException if the address cannot be taken
   */
  public static HttpServer start(
      InetSocketAddress address,
      List<Route> routes,
      Guard guard,
      HttpLimits limits,
      boolean recordBodies,
      List<ExchangeListener> listeners)
      throws IOException {
    ExecutorService virtualThreads = Executors.newVirtualThreadPerTaskExecutor();
    QueuedThreadPool pool = new QueuedThreadPool(PLATFORM_THREADS);
    pool.setName("firesteel http");
    pool.setVirtualThreadsExecutor(virtualThreads);
    Server server = new Server(pool);
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration()));
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    connector.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
    connector.setIdleTimeout(Math.min(KEEP_ALIVE.toMillis(), limits.readTimeout().toMillis()));
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(limits.connections(), server));
    server.setHandler(new Router(routes, guard, limits, recordBodies, listeners));
    HttpServer started = new HttpServer(server, connector, virtualThreads);
    try {
      server.start();
      return started;
    } catch (Exception e) {
      started.close();
      throw e instanceof IOException io ? io : new IOException("cannot listen: " + e, e);
    }
  }

  private static HttpConfiguration configuration() {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setRequestHeaderSize(HEADER_BYTES);
    return configuration;
  }

  /** The port that is listened on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Stops to take connections; those that are open go on. */
  public void stopListening() {
    connector.close();
  }

  /** Closes all connections, whatever they are at. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server did not stop: " + e, e);
    } finally {
      virtualThreads.shutdownNow();
    }
  }
}
