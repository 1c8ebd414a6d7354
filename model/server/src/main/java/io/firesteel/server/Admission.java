package io.firesteel.server;

import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.HttpError;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts requests under way, and takes no more once the server is stopping. */
final class Admission {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition fewer = lock.newCondition();
  private int underWay;
  private boolean stopping;

  /** An endpoint whose requests are counted. */
  Endpoint counted(Endpoint endpoint) {
    return exchange -> {
      enter();
      try {
        endpoint.answer(exchange);
      } finally {
        leave();
      }
    };
  }

  private void enter() {
    lock.lock();
    try {
      if (stopping) {
        throw HttpError.of(HttpError.Kind.UNAVAILABLE, "stopping", "the server stops")
            .retryAfter(1);
      }
      underWay++;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      underWay--;
      fewer.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean stopping() {
    lock.lock();
    try {
      return stopping;
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      stopping = true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no request is under way, or the time is over. */
  void awaitNone(Duration time) {
    lock.lock();
    try {
      long left = time.toNanos();
      while (underWay > 0 && left > 0) {
        left = fewer.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
