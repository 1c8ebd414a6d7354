package io.firesteel.server.admin;

import io.firesteel.model.ChatOptions;
import io.firesteel.model.template.ChatRequest;
import io.firesteel.model.tokenizer.Tokenizer;
import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.Failures;
import io.firesteel.server.serving.Fields;
import io.firesteel.server.serving.PromptTokens;
import io.firesteel.server.serving.ServedModel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /tokenize}: {@code content} (or {@code prompt}) or {@code messages} to tokens; and
 * {@code POST /detokenize}: {@code tokens} to {@code content}. The names are llama.cpp's.
 */
public final class Tokens {
  private static final int MOST_TOKENS = 1 << 22;

  private final ServedModel served;

  /** Uses a model's tokenizer and template. */
  public Tokens(ServedModel served) {
    this.served = served;
  }

  /** Text to tokens. */
  public Endpoint tokenize() {
    return this::tokenize;
  }

  /** Tokens to text. */
  public Endpoint detokenize() {
    return this::detokenize;
  }

  private void tokenize(Exchange exchange) {
    Fields fields = Fields.of(exchange.json());
    boolean pieces = fields.bool("with_pieces").orElse(false);
    int[] tokens = fields.has("messages") ? ofMessages(fields) : ofText(fields);
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("tokens");
    for (int token : tokens) {
      if (pieces) {
        ObjectNode node = list.addObject();
        node.put("id", token);
        node.put("piece", text(token));
      } else {
        list.add(token);
      }
    }
    body.put("count", tokens.length);
    exchange.answer(body);
  }

  private String text(int token) {
    return new String(served.model().tokenizer().pieceBytes(token, true), StandardCharsets.UTF_8);
  }

  private int[] ofMessages(Fields fields) {
    try {
      ChatRequest request = ChatRequest.fromJson(fields.json());
      ChatOptions options = ChatOptions.DEFAULT.withTools(request.tools());
      return Failures.translated(
          () -> PromptTokens.of(served.model(), request.messages(), options));
    } catch (IllegalArgumentException e) {
      throw HttpError.invalid("messages", e.getMessage()).because(e);
    }
  }

  private int[] ofText(Fields fields) {
    Optional<String> content = fields.string("content");
    String text =
        content.or(() -> fields.string("prompt")).orElseThrow(() -> fields.missing("content"));
    return served
        .model()
        .tokenizer()
        .encode(
            text,
            fields.bool("add_special").orElse(false),
            fields.bool("parse_special").orElse(true));
  }

  private void detokenize(Exchange exchange) {
    Fields fields = Fields.of(exchange.json());
    Tokenizer tokenizer = served.model().tokenizer();
    int[] tokens =
        fields.list("tokens", MOST_TOKENS).stream()
            .mapToInt(token -> checked(fields, token, tokenizer.vocabularySize()))
            .toArray();
    if (!fields.has("tokens")) {
      throw fields.missing("tokens");
    }
    ObjectNode body = Json.object();
    body.put("content", tokenizer.decode(tokens, false, true));
    exchange.answer(body);
  }

  private static int checked(Fields fields, JsonNode token, int vocabulary) {
    boolean fits = token.isIntegralNumber() && token.canConvertToInt();
    if (!fits || token.intValue() < 0 || token.intValue() >= vocabulary) {
      throw fields.wrong(
          "tokens",
          "a list with " + token + " in it, expected tokens from 0 to " + (vocabulary - 1));
    }
    return token.intValue();
  }
}
