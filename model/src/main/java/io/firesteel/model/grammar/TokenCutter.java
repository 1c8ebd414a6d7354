package io.firesteel.model.grammar;

import io.firesteel.model.tokenizer.Tokenizer;
import java.util.Arrays;

/** Cuts bytes that a grammar asks for into tokens as the model would. Safe for several threads. */
public final class TokenCutter {
  private final Tokenizer tokenizer;
  private final TokenTrie trie;

  /** For a model's tokenizer and the trie of its vocabulary. */
  public TokenCutter(Tokenizer tokenizer, TokenTrie trie) {
    this.tokenizer = tokenizer;
    this.trie = trie;
  }

  /** The vocabulary that it cuts into. */
  public TokenTrie trie() {
    return trie;
  }

  /** The tokens of a text whose last bytes are final. */
  int[] cut(byte[] bytes) {
    int[] tokens = hasControl(bytes) ? null : tokenizer.encode(bytes, false, false);
    if (tokens == null || !Arrays.equals(tokenizer.decodeBytes(tokens, false), bytes)) {
      tokens = trie.longestTokens(bytes);
    }
    if (tokens == null) {
      throw new GrammarException("vocabulary", "it has no tokens for a text of the grammar");
    }
    return tokens;
  }

  private static boolean hasControl(byte[] bytes) {
    for (byte b : bytes) {
      if ((b & 0xFF) == Automaton.CONTROL) {
        return true;
      }
    }
    return false;
  }

  /**
   * The first tokens of a text that goes on in an unknown way: those that no longer token takes.
   */
  int[] cutPrefix(byte[] bytes) {
    int[] tokens = cut(bytes);
    int at = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (trie.mayGoOn(bytes, at)) {
        return Arrays.copyOf(tokens, i);
      }
      at += trie.text(tokens[i]).length;
    }
    return tokens;
  }
}
