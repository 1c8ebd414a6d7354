package io.firesteel.server.serving;

import io.firesteel.server.http.HttpError;

/** Ends all answers under way when the server's time to stop is over. */
public final class CutOff {
  private volatile boolean now;

  /** Goes on until {@link #now} is called. */
  public CutOff() {}

  /** Ends them. */
  public void now() {
    now = true;
  }

  /**
   * Goes on only if the server does.
   *
   * @throws HttpError if it stops
   */
  public void check() {
    if (now) {
      throw HttpError.of(HttpError.Kind.UNAVAILABLE, "stopping", "the server stops");
    }
  }
}
