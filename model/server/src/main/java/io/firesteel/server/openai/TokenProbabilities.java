package io.firesteel.server.openai;

import io.firesteel.model.Piece;
import io.firesteel.model.sampling.LogProbabilities;
import io.firesteel.model.sampling.TokenProbability;
import io.firesteel.model.tokenizer.Tokenizer;
import io.firesteel.server.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes how likely tokens were. */
final class TokenProbabilities {
  /** What OpenAI writes for a probability of 0. */
  private static final double LEAST = -9999;

  private final Tokenizer tokenizer;

  TokenProbabilities(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** The form of chat completions. */
  ArrayNode chat(List<Piece> pieces) {
    ArrayNode list = Json.array();
    for (Piece piece : pieces) {
      if (piece.logProbabilities().isPresent() && !tokenizer.isEndOfGeneration(piece.token())) {
        LogProbabilities probabilities = piece.logProbabilities().get();
        ObjectNode token = token(probabilities.chosen());
        ArrayNode top = token.putArray("top_logprobs");
        probabilities.top().forEach(rival -> top.add(token(rival)));
        list.add(token);
      }
    }
    return list;
  }

  private ObjectNode token(TokenProbability probability) {
    ObjectNode node = Json.object();
    byte[] bytes = bytes(probability.token());
    node.put("token", new String(bytes, StandardCharsets.UTF_8));
    node.put("logprob", Math.max(LEAST, probability.logProbability()));
    ArrayNode numbers = node.putArray("bytes");
    for (byte b : bytes) {
      numbers.add(b & 0xFF);
    }
    return node;
  }

  /** The form of text completions; {@code offset} counts characters and is moved on. */
  ObjectNode text(List<Piece> pieces, int[] offset) {
    ObjectNode node = Json.object();
    ArrayNode tokens = node.putArray("tokens");
    ArrayNode chosen = node.putArray("token_logprobs");
    ArrayNode tops = node.putArray("top_logprobs");
    ArrayNode offsets = node.putArray("text_offset");
    for (Piece piece : pieces) {
      if (piece.logProbabilities().isPresent() && !tokenizer.isEndOfGeneration(piece.token())) {
        LogProbabilities probabilities = piece.logProbabilities().get();
        String text = text(piece.token());
        tokens.add(text);
        chosen.add(Math.max(LEAST, probabilities.chosen().logProbability()));
        ObjectNode top = tops.addObject();
        probabilities
            .top()
            .forEach(
                rival -> top.put(text(rival.token()), Math.max(LEAST, rival.logProbability())));
        offsets.add(offset[0]);
        offset[0] += text.length();
      }
    }
    return node;
  }

  private String text(int token) {
    return new String(bytes(token), StandardCharsets.UTF_8);
  }

  // Some models have more rows than their tokenizer has tokens; those mean nothing.
  private byte[] bytes(int token) {
    return token < tokenizer.vocabularySize() ? tokenizer.pieceBytes(token, true) : new byte[0];
  }
}
