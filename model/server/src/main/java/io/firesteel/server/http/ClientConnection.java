package io.firesteel.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * The connection behind a request whose body has been read. HTTP alone notices a client that went
 * away only when it writes to it, which may be long after; this looks at the socket.
 */
final class ClientConnection {
  private static final int PEEK_BYTES = 16;

  private final EndPoint endPoint;
  private final Response response;
  private final Duration writeTimeout;
  private boolean sentAhead;
  private boolean gone;
  private long written;

  ClientConnection(Request request, Response response, Duration writeTimeout) {
    this.endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    this.response = response;
    this.writeTimeout = writeTimeout;
  }

  /** Whether the client has closed its side. Must not be called before the body has been read. */
  boolean gone() {
    if (!gone && !sentAhead) {
      gone = !endPoint.isOpen() || closedByPeer();
    }
    return gone;
  }

  private boolean closedByPeer() {
    ByteBuffer peek = BufferUtil.allocate(PEEK_BYTES);
    try {
      int bytes = endPoint.fill(peek);
      // What a client sends before it has its answer is lost here, so the connection ends after it.
      sentAhead = bytes > 0;
      return bytes < 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Writes, and waits until it is on its way. */
  void write(boolean last, ByteBuffer bytes) {
    int length = bytes.remaining();
    Callback.Completable done = new Callback.Completable();
    response.write(last, bytes, done);
    try {
      done.get(writeTimeout.toNanos(), TimeUnit.NANOSECONDS);
      written += length;
    } catch (TimeoutException e) {
      abort();
      throw new ClientGoneException(
          "the client left its answer unread for " + writeTimeout.toSeconds() + " seconds", e);
    } catch (ExecutionException e) {
      abort();
      throw new ClientGoneException("the client closed its connection", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abort();
      throw new ClientGoneException("the server stops", e);
    }
  }

  long written() {
    return written;
  }

  void abort() {
    gone = true;
    endPoint.close();
  }

  /** To be called after the answer. */
  void finish() {
    if (sentAhead) {
      endPoint.close();
    }
  }
}
