package io.firesteel.server.serving;

import io.firesteel.model.ChatOptions;
import io.firesteel.model.Model;
import io.firesteel.model.template.ChatRequest;
import io.firesteel.model.template.Message;
import io.firesteel.model.tokenizer.Tokenizer;
import java.util.List;

/** The tokens that a conversation becomes. */
public final class PromptTokens {
  private PromptTokens() {}

  /** Renders a conversation with the model's template and counts nothing but tokens. */
  public static int[] of(Model model, List<Message> messages, ChatOptions options) {
    String text =
        model
            .templates()
            .render(
                new ChatRequest(
                    messages,
                    options.tools(),
                    true,
                    options.enableThinking(),
                    options.variables()));
    Tokenizer tokenizer = model.tokenizer();
    int[] tokens = tokenizer.encode(text, false, true);
    boolean whole =
        !tokenizer.addsBos() || tokens.length > 0 && tokens[0] == tokenizer.bosId().orElseThrow();
    return whole ? tokens : tokenizer.encode(text, true, true);
  }
}
