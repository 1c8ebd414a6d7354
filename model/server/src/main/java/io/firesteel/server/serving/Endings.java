package io.firesteel.server.serving;

import io.firesteel.model.AnswerEvent;
import io.firesteel.model.FinishReason;
import io.firesteel.server.http.HttpError;

/** Answers that were ended from outside are no answers. */
public final class Endings {
  private Endings() {}

  /**
   * Goes on only if an answer ended by itself or at a limit that the client can know: the tokens
   * asked for, or the model's context.
   *
   * @throws HttpError if it took too long, the answers of others left no room, or the server stops
   */
  public static void check(AnswerEvent.End end, ServedModel served) {
    if (end.reason() == FinishReason.DEADLINE) {
      throw tooLate(served);
    }
    boolean contextLeft = end.usage().totalTokens() < served.model().contextLength() - 1;
    if (end.reason() == FinishReason.NO_ROOM && contextLeft) {
      throw HttpError.of(
              HttpError.Kind.UNAVAILABLE,
              "kv_cache_full",
              "the KV cache is full of other answers; try again later, or serve with a larger"
                  + " --cache")
          .retryAfter(1);
    }
    if (end.reason() == FinishReason.CANCELLED) {
      throw HttpError.of(HttpError.Kind.UNAVAILABLE, "stopping", "the server stops");
    }
  }

  /** The error for what takes longer than a request may. */
  static HttpError tooLate(ServedModel served) {
    return HttpError.of(
        HttpError.Kind.TIMEOUT,
        "timeout",
        "the answer was not ready within the "
            + served.limits().time().toSeconds()
            + " seconds that the server allows");
  }
}
