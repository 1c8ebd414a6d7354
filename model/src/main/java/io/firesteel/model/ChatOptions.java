package io.firesteel.model;

import io.firesteel.model.template.Tool;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a conversation is held.
 *
 * @param tools what the model may call
 * @param enableThinking whether a model that can think aloud shall; empty for its template's choice
 * @param generation how each answer is generated
 * @param variables whatever else the model's template knows; values are null, Boolean, Number,
 *     String, List and Map
 */
public record ChatOptions(
    List<Tool> tools,
    Optional<Boolean> enableThinking,
    GenerationOptions generation,
    Map<String, Object> variables) {
  /** No tools, and {@link GenerationOptions#DEFAULT}. */
  public static final ChatOptions DEFAULT =
      new ChatOptions(List.of(), Optional.empty(), GenerationOptions.DEFAULT, Map.of());

  /** Takes copies. */
  public ChatOptions {
    tools = List.copyOf(tools);
    Objects.requireNonNull(enableThinking, "enableThinking");
    Objects.requireNonNull(generation, "generation");
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  /** The same options with these tools on offer. */
  public ChatOptions withTools(Tool... offered) {
    return new ChatOptions(List.of(offered), enableThinking, generation, variables);
  }

  /** The same options with thinking aloud on or off. */
  public ChatOptions withThinking(boolean enabled) {
    return new ChatOptions(tools, Optional.of(enabled), generation, variables);
  }

  /** The same options with answers generated another way. */
  public ChatOptions withGeneration(GenerationOptions options) {
    return new ChatOptions(tools, enableThinking, options, variables);
  }
}
