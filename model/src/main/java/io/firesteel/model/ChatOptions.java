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
 * @param toolChoice whether it does
 * @param parallelToolCalls whether an answer may hold several calls
 * @param enableThinking whether a model that can think aloud shall; empty for its template's choice
 * @param generation how each answer is generated
 * @param variables whatever else the model's template knows; values are null, Boolean, Number,
 *     String, List and Map
 */
public record ChatOptions(
    List<Tool> tools,
    ToolChoice toolChoice,
    boolean parallelToolCalls,
    Optional<Boolean> enableThinking,
    GenerationOptions generation,
    Map<String, Object> variables) {
  /** No tools, and {@link GenerationOptions#DEFAULT}. */
  public static final ChatOptions DEFAULT =
      new ChatOptions(
          List.of(), ToolChoice.AUTO, true, Optional.empty(), GenerationOptions.DEFAULT, Map.of());

  /** Takes copies; refuses a choice of a tool that is not on offer. */
  public ChatOptions {
    tools = List.copyOf(tools);
    Objects.requireNonNull(toolChoice, "toolChoice");
    Objects.requireNonNull(enableThinking, "enableThinking");
    Objects.requireNonNull(generation, "generation");
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    if (toolChoice instanceof ToolChoice.Named(String name)
        && tools.stream().noneMatch(tool -> tool.name().equals(name))) {
      throw new IllegalArgumentException(
          "the tool '%s' is to be called, but only %s are on offer"
              .formatted(name, tools.stream().map(Tool::name).toList()));
    }
    if (toolChoice.equals(ToolChoice.REQUIRED) && tools.isEmpty()) {
      throw new IllegalArgumentException("a tool is to be called, but none is on offer");
    }
  }

  /** The same options with these tools on offer. */
  public ChatOptions withTools(Tool... offered) {
    return withTools(List.of(offered));
  }

  /** The same options with these tools on offer. */
  public ChatOptions withTools(List<Tool> offered) {
    return new ChatOptions(
        offered, toolChoice, parallelToolCalls, enableThinking, generation, variables);
  }

  /** The same options with calls of tools asked for, left to the model, or ruled out. */
  public ChatOptions withToolChoice(ToolChoice choice) {
    return new ChatOptions(tools, choice, parallelToolCalls, enableThinking, generation, variables);
  }

  /** The same options with several calls in an answer allowed or not. */
  public ChatOptions withParallelToolCalls(boolean allowed) {
    return new ChatOptions(tools, toolChoice, allowed, enableThinking, generation, variables);
  }

  /** The same options with thinking aloud on or off. */
  public ChatOptions withThinking(boolean enabled) {
    return new ChatOptions(
        tools, toolChoice, parallelToolCalls, Optional.of(enabled), generation, variables);
  }

  /** The same options with answers generated another way. */
  public ChatOptions withGeneration(GenerationOptions options) {
    return new ChatOptions(
        tools, toolChoice, parallelToolCalls, enableThinking, options, variables);
  }

  /** The same options with other variables for the template. */
  public ChatOptions withVariables(Map<String, Object> values) {
    return new ChatOptions(
        tools, toolChoice, parallelToolCalls, enableThinking, generation, values);
  }

  /** The tools that the model hears of. */
  List<Tool> offered() {
    return toolChoice.equals(ToolChoice.NONE) ? List.of() : tools;
  }
}
