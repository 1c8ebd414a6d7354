package io.firesteel.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.firesteel.model.AnswerEvent;
import io.firesteel.model.Answers;
import io.firesteel.model.Model;
import java.util.List;
import java.util.Set;

/**
 * A model for LangChain4j that answers as a whole.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("model.gguf"))) {
 *   ChatModel chat = FiresteelChatModel.of(model);
 *   System.out.println(chat.chat("Why is the sky blue?"));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads; what they ask is computed in common steps. The model stays
 * open.
 */
public final class FiresteelChatModel implements ChatModel {
  private final Model model;
  private final ChatRequestParameters defaults;
  private final List<ChatModelListener> listeners;

  private FiresteelChatModel(
      Model model, ChatRequestParameters defaults, List<ChatModelListener> listeners) {
    this.model = model;
    this.defaults = defaults;
    this.listeners = List.copyOf(listeners);
  }

  /** A model whose answers are as the library's defaults say. */
  public static FiresteelChatModel of(Model model) {
    return new FiresteelChatModel(model, ChatRequestParameters.builder().build(), List.of());
  }

  /** The same model with what holds for requests that do not say otherwise. */
  public FiresteelChatModel withDefaults(ChatRequestParameters parameters) {
    return new FiresteelChatModel(model, parameters, listeners);
  }

  /** The same model with listeners to its requests, answers and errors. */
  public FiresteelChatModel withListeners(ChatModelListener... all) {
    return new FiresteelChatModel(model, defaults, List.of(all));
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    return Problems.translated(
        () -> {
          ResponseCollector collector = new ResponseCollector(model.config().name());
          try (Answers answers = model.answer(Requests.of(request))) {
            for (AnswerEvent event : answers.first()) {
              collector.accept(event);
            }
          }
          return collector.response();
        });
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return defaults;
  }

  @Override
  public List<ChatModelListener> listeners() {
    return listeners;
  }

  @Override
  public ModelProvider provider() {
    return ModelProvider.OTHER;
  }

  @Override
  public Set<Capability> supportedCapabilities() {
    return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
  }
}
