package io.firesteel.model.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a template renders.
 *
 * @param messages the conversation so far
 * @param tools what the model may call; with an empty list the template sees no {@code tools} at
 *     all
 * @param addGenerationPrompt whether the text ends with the beginning of the model's next message
 * @param enableThinking whether a model that can think aloud shall; empty for the template's own
 *     choice
 * @param variables whatever else a template knows, e.g. {@code documents} or {@code
 *     reasoning_effort}; values are null, Boolean, Number, String, List and Map
 */
public record ChatRequest(
    List<Message> messages,
    List<Tool> tools,
    boolean addGenerationPrompt,
    Optional<Boolean> enableThinking,
    Map<String, Object> variables) {
  /** Copies the lists and the map. */
  public ChatRequest {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
    variables = Json.object(variables);
  }

  /** A conversation that the model is to continue. */
  public static ChatRequest of(List<Message> messages) {
    return new ChatRequest(messages, List.of(), true, Optional.empty(), Map.of());
  }

  /** A conversation that the model is to continue. */
  public static ChatRequest of(Message... messages) {
    return of(List.of(messages));
  }

  /**
   * Reads an object of {@code messages}, {@code tools}, {@code add_generation_prompt} (true where
   * it is left out), {@code enable_thinking} and further variables.
   *
   * @throws IllegalArgumentException where one of them has another form
   */
  public static ChatRequest fromJson(JsonNode json) {
    Map<String, Object> rest = new LinkedHashMap<>(Json.object(json));
    List<Message> messages = new ArrayList<>();
    objects(rest.remove("messages"), "messages")
        .forEach(fields -> messages.add(new Message(Json.object(fields))));
    List<Tool> tools = new ArrayList<>();
    objects(rest.remove("tools"), "tools")
        .forEach(fields -> tools.add(new Tool(Json.object(fields))));
    Optional<Boolean> prompt = flag(rest, "add_generation_prompt");
    Optional<Boolean> thinking = flag(rest, "enable_thinking");
    return new ChatRequest(messages, tools, prompt.orElse(true), thinking, rest);
  }

  private static List<Map<?, ?>> objects(Object value, String name) {
    List<Map<?, ?>> objects = new ArrayList<>();
    if (value instanceof List<?> items) {
      for (Object item : items) {
        if (!(item instanceof Map<?, ?> object)) {
          throw new IllegalArgumentException(
              "'" + name + "' must hold objects only; it holds " + item);
        }
        objects.add(object);
      }
    } else if (value != null) {
      throw new IllegalArgumentException("'" + name + "' must be a list");
    }
    return objects;
  }

  private static Optional<Boolean> flag(Map<String, Object> fields, String name) {
    return switch (fields.remove(name)) {
      case null -> Optional.empty();
      case Boolean flag -> Optional.of(flag);
      case Object other ->
          throw new IllegalArgumentException("'" + name + "' must be true or false, not " + other);
    };
  }

  /** The same request with these tools on offer. */
  public ChatRequest withTools(List<Tool> offered) {
    return new ChatRequest(messages, offered, addGenerationPrompt, enableThinking, variables);
  }

  /** The same request with thinking aloud on or off. */
  public ChatRequest withThinking(boolean enabled) {
    return new ChatRequest(messages, tools, addGenerationPrompt, Optional.of(enabled), variables);
  }

  /** The same request with or without the beginning of the model's next message. */
  public ChatRequest withGenerationPrompt(boolean add) {
    return new ChatRequest(messages, tools, add, enableThinking, variables);
  }

  /** The same request with one more variable. */
  public ChatRequest withVariable(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(variables);
    more.put(name, value);
    return new ChatRequest(messages, tools, addGenerationPrompt, enableThinking, more);
  }
}
