package io.firesteel.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import io.firesteel.model.BusyException;
import io.firesteel.model.ContextFullException;
import io.firesteel.model.EmbeddingsUnsupportedException;
import io.firesteel.model.kv.KvCacheFullException;
import io.firesteel.model.template.NoChatTemplateException;
import io.firesteel.model.template.jinja.TemplateException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** What goes wrong in a model, in LangChain4j's exceptions. */
final class Problems {
  private Problems() {}

  static <T> T translated(Supplier<T> body) {
    try {
      return body.get();
    } catch (BusyException | KvCacheFullException e) {
      throw new RateLimitException(e.getMessage(), e);
    } catch (EmbeddingsUnsupportedException e) {
      throw new UnsupportedFeatureException(e.getMessage());
    } catch (ContextFullException
        | NoChatTemplateException
        | TemplateException
        | IllegalArgumentException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw new InternalServerException(e.getCause().getMessage(), e);
    }
  }
}
