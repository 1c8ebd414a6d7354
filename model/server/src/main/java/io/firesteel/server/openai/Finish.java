package io.firesteel.server.openai;

import io.firesteel.model.FinishReason;

/** Why answers end, in OpenAI's words. */
final class Finish {
  private Finish() {}

  static String word(FinishReason reason, boolean calledTools) {
    return switch (reason) {
      case MAX_TOKENS, NO_ROOM -> "length";
      case END, STOP_TOKEN, STOP_STRING -> calledTools ? "tool_calls" : "stop";
      case CANCELLED, DEADLINE -> "stop";
    };
  }
}
