package io.firesteel.server.openai;

import io.firesteel.server.serving.AnswerPump;

/** How the answers to a chat request get to the client. */
sealed interface ChatOutput permits ChatStream, WholeChat {
  /** Writes all of them. */
  void write(AnswerPump pump);
}
