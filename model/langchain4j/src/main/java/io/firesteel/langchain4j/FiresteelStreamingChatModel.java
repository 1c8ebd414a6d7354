package io.firesteel.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.firesteel.model.Answers;
import io.firesteel.model.Model;
import java.util.List;
import java.util.Set;

/**
 * A model for LangChain4j that answers piece by piece, on a virtual thread of each answer's own. A
 * handler that cancels frees the answer at once.
 *
 * <p>Safe for use by several threads; what they ask is computed in common steps. The model stays
 * open.
 */
public final class FiresteelStreamingChatModel implements StreamingChatModel {
  private final Model model;
  private final ChatRequestParameters defaults;
  private final List<ChatModelListener> listeners;

  private FiresteelStreamingChatModel(
      Model model, ChatRequestParameters defaults, List<ChatModelListener> listeners) {
    this.model = model;
    this.defaults = defaults;
    this.listeners = List.copyOf(listeners);
  }

  /** A model whose answers are as the library's defaults say. */
  public static FiresteelStreamingChatModel of(Model model) {
    return new FiresteelStreamingChatModel(
        model, ChatRequestParameters.builder().build(), List.of());
  }

  /** The same model with what holds for requests that do not say otherwise. */
  public FiresteelStreamingChatModel withDefaults(ChatRequestParameters parameters) {
    return new FiresteelStreamingChatModel(model, parameters, listeners);
  }

  /** The same model with listeners to its requests, answers and errors. */
  public FiresteelStreamingChatModel withListeners(ChatModelListener... all) {
    return new FiresteelStreamingChatModel(model, defaults, List.of(all));
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    Answers answers = Problems.translated(() -> model.answer(Requests.of(request)));
    Thread.ofVirtual()
        .name("firesteel answer")
        .start(new StreamedAnswer(answers, model.config().name(), handler));
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
