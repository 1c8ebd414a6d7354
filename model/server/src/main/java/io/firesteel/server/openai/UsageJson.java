package io.firesteel.server.openai;

import io.firesteel.server.http.Json;
import io.firesteel.server.serving.FactsCollector;
import tools.jackson.databind.node.ObjectNode;

/** Writes token counts. */
final class UsageJson {
  private UsageJson() {}

  /** The form of completions. */
  static ObjectNode completions(FactsCollector facts, int choicesOfEach) {
    int prompt = facts.promptTokens(choicesOfEach);
    int answer = facts.answerTokens();
    ObjectNode usage = Json.object();
    usage.put("prompt_tokens", prompt);
    usage.put("completion_tokens", answer);
    usage.put("total_tokens", prompt + answer);
    usage
        .putObject("prompt_tokens_details")
        .put("cached_tokens", facts.cachedTokens(choicesOfEach));
    usage.putObject("completion_tokens_details").put("reasoning_tokens", facts.thinkingTokens());
    return usage;
  }

  /** The form of responses. */
  static ObjectNode responses(FactsCollector facts) {
    int prompt = facts.promptTokens(1);
    int answer = facts.answerTokens();
    ObjectNode usage = Json.object();
    usage.put("input_tokens", prompt);
    usage.putObject("input_tokens_details").put("cached_tokens", facts.cachedTokens(1));
    usage.put("output_tokens", answer);
    usage.putObject("output_tokens_details").put("reasoning_tokens", facts.thinkingTokens());
    usage.put("total_tokens", prompt + answer);
    return usage;
  }
}
