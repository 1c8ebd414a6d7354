package io.firesteel.server.serving;

import io.firesteel.model.BusyException;
import io.firesteel.model.ContextFullException;
import io.firesteel.model.grammar.GrammarException;
import io.firesteel.model.kv.KvCacheFullException;
import io.firesteel.model.template.NoChatTemplateException;
import io.firesteel.model.template.jinja.TemplateException;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.http.HttpError.Kind;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** What goes wrong in a model, as errors for its clients. */
public final class Failures {
  private static final int RETRY_SECONDS = 1;

  private Failures() {}

  /** Runs something and turns what the model throws into errors. */
  public static <T> T translated(Supplier<T> body) {
    try {
      return body.get();
    } catch (BusyException
        | ContextFullException
        | KvCacheFullException
        | NoChatTemplateException
        | TemplateException
        | GrammarException
        | UncheckedIOException
        | IllegalStateException e) {
      throw of(e).because(e);
    }
  }

  private static HttpError of(RuntimeException problem) {
    return switch (problem) {
      case BusyException e ->
          HttpError.of(Kind.BUSY, "busy", e.getMessage()).retryAfter(RETRY_SECONDS);
      case ContextFullException e ->
          HttpError.of(Kind.INVALID, "context_length_exceeded", e.getMessage());
      case KvCacheFullException e ->
          HttpError.of(Kind.UNAVAILABLE, "kv_cache_full", e.getMessage()).retryAfter(RETRY_SECONDS);
      case NoChatTemplateException e ->
          HttpError.of(Kind.INVALID, "no_chat_template", e.getMessage());
      case TemplateException e ->
          HttpError.invalid("messages", "the model's chat template refuses: " + e.getMessage());
      case GrammarException e -> HttpError.invalid("response_format", e.getMessage());
      case UncheckedIOException e ->
          HttpError.of(Kind.INTERNAL, "engine_failed", e.getCause().getMessage());
      default -> HttpError.of(Kind.UNAVAILABLE, "stopping", "the server stops");
    };
  }
}
