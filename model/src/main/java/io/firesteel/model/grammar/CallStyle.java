package io.firesteel.model.grammar;

import io.firesteel.model.template.ToolCallFormat;
import java.util.Optional;

/** How exactly a model writes a call of a tool, as its template shows it. */
public enum CallStyle {
  /** {@code <tool_call>} around a JSON object of name and arguments (Hermes, Qwen). */
  JSON_TAGS,
  /** {@code <tool_call>} around {@code <function=name>} and its parameters (Qwen3-Coder). */
  FUNCTION_TAGS,
  /** {@code [TOOL_CALLS]} and a JSON list (Mistral up to Nemo). */
  MISTRAL_LIST,
  /** {@code [TOOL_CALLS]name[ARGS]} and a JSON object (Mistral since then). */
  MISTRAL_NAMED,
  /** {@code <|tool_call|>} and a JSON list (Granite). */
  GRANITE,
  /** A JSON object of name and parameters, and nothing else (Llama 3). */
  LLAMA,
  /** {@code <tool_call>} around the name and {@code <arg_key>} and {@code <arg_value>} (GLM). */
  ARGUMENT_TAGS,
  /** A message of the channel commentary to {@code functions.NAME} (harmony, gpt-oss). */
  HARMONY;

  /** The style of a template. */
  public static CallStyle of(String templateSource) {
    return switch (ToolCallFormat.of(templateSource)) {
      case HARMONY -> HARMONY;
      case LLAMA -> LLAMA;
      case GRANITE -> GRANITE;
      case MISTRAL -> templateSource.contains("[ARGS]") ? MISTRAL_NAMED : MISTRAL_LIST;
      case TAGS -> tags(templateSource);
    };
  }

  private static CallStyle tags(String templateSource) {
    if (templateSource.contains("<arg_key>")) {
      return ARGUMENT_TAGS;
    }
    return templateSource.contains("<function=") ? FUNCTION_TAGS : JSON_TAGS;
  }

  /** Whether an answer of a form may stand in place of calls. */
  public boolean allowsForms() {
    return this != HARMONY;
  }

  /** What a call begins with; empty if nothing tells it from text. */
  Optional<String> marker() {
    return switch (this) {
      case JSON_TAGS, FUNCTION_TAGS, ARGUMENT_TAGS -> Optional.of("<tool_call>");
      case MISTRAL_LIST, MISTRAL_NAMED -> Optional.of("[TOOL_CALLS]");
      case GRANITE -> Optional.of("<|tool_call|>");
      case LLAMA, HARMONY -> Optional.empty();
    };
  }
}
