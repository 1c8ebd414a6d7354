package io.firesteel.langchain4j;

import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.firesteel.model.AnswerEvent;
import io.firesteel.model.Answers;

/** Hands an answer to its handler while it is generated. */
final class StreamedAnswer implements Runnable, StreamingHandle {
  private final Answers answers;
  private final ResponseCollector collector;
  private final StreamingChatResponseHandler handler;
  private volatile boolean cancelled;

  StreamedAnswer(Answers answers, String modelName, StreamingChatResponseHandler handler) {
    this.answers = answers;
    this.collector = new ResponseCollector(modelName);
    this.handler = handler;
  }

  @Override
  public void run() {
    try (answers) {
      Problems.translated(
          () -> {
            for (AnswerEvent event : answers.first()) {
              accept(event);
            }
            return null;
          });
      if (!cancelled) {
        handler.onCompleteResponse(Problems.translated(collector::response));
      }
    } catch (RuntimeException e) {
      if (!cancelled) {
        handler.onError(e);
      }
    }
  }

  private void accept(AnswerEvent event) {
    if (cancelled) {
      return;
    }
    collector.accept(event);
    switch (event) {
      case AnswerEvent.Text text -> say(text.text());
      case AnswerEvent.Malformed malformed -> say(malformed.text());
      case AnswerEvent.Thinking thinking ->
          handler.onPartialThinking(
              new PartialThinking(thinking.text()), new PartialThinkingContext(this));
      case AnswerEvent.Call call ->
          handler.onCompleteToolCall(
              new CompleteToolCall(call.index(), ResponseCollector.request(call.call())));
      case AnswerEvent.End _ -> {
        // the whole answer follows
      }
    }
  }

  private void say(String text) {
    handler.onPartialResponse(new PartialResponse(text), new PartialResponseContext(this));
  }

  @Override
  public void cancel() {
    cancelled = true;
    answers.cancel();
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }
}
