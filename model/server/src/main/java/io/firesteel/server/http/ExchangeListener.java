package io.firesteel.server.http;

/** Hears of each request once it is over; called on any thread, several at once. */
@FunctionalInterface
public interface ExchangeListener {
  /** A request is over. */
  void finished(ExchangeRecord exchange);
}
