package io.firesteel.model.template;

/** How a model writes its answers: where reasoning and tool calls stand in the text. */
public enum ToolCallFormat {
  /**
   * Calls between tags, reasoning between {@code <think>} tags: {@code <tool_call>} around a JSON
   * object (Hermes, Qwen), around {@code <function=…>} (Qwen3-Coder) or around a name and {@code
   * <arg_key>} pairs (GLM).
   */
  TAGS,
  /**
   * {@code [TOOL_CALLS]} and a JSON list, or a name, {@code [ARGS]} and a JSON object (Mistral).
   */
  MISTRAL,
  /** {@code <|tool_call|>} and a JSON list (Granite). */
  GRANITE,
  /**
   * A JSON object of {@code name} and {@code parameters} that is the whole answer, or several with
   * semicolons between them; {@code <|python_tag|>} may stand before them (Llama 3).
   */
  LLAMA,
  /** Channels {@code analysis}, {@code commentary} and {@code final} (gpt-oss). */
  HARMONY;

  /** The format that a template's own text asks for; {@link #TAGS} where it asks for none. */
  public static ToolCallFormat of(String templateSource) {
    if (templateSource.contains("<|channel|>")) {
      return HARMONY;
    }
    if (templateSource.contains("[TOOL_CALLS]")) {
      return MISTRAL;
    }
    if (templateSource.contains("<|tool_call|>")) {
      return GRANITE;
    }
    boolean llama =
        templateSource.contains("<|python_tag|>")
            || templateSource.contains("\"parameters\": dictionary of argument name");
    return llama ? LLAMA : TAGS;
  }
}
